"""Every feed on its sample, against its golden."""

import json

import pandas as pd
import pytest

from graph.model import feeds as known
from graph.model.feeds import KnownFeed
from loaders import registry
from loaders.feed import Column
from loaders.feeds.involvements import basis_missing
from loaders.tables import ENTITY_COLUMNS, FACT_COLUMNS, FACT_TYPES, RECORD_COLUMNS, SUBJECTS, TARGET_KINDS
from tests.loaders.golden import DATA, as_plain, checked, sample_of

FEEDS = [pytest.param(feed, id=feed.name) for feed in registry.FEEDS.values()]


@pytest.mark.parametrize("feed", FEEDS)
def test_a_sample_says_what_its_golden_says(feed):
    golden = DATA / f"{feed.name}.json"
    assert golden.exists(), f"Write {golden} with: python -m tests.loaders.golden"

    plain = as_plain(checked(feed, sample_of(feed.name)))

    assert json.loads(json.dumps(plain)) == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("feed", FEEDS)
def test_a_sample_is_small_and_holds_bad_rows(feed):
    found = checked(feed, sample_of(feed.name))

    assert found.rows <= 20
    assert found.refused
    assert found.rows == found.kept + sum(found.refused.values()) + sum(found.skipped.values())


@pytest.mark.parametrize("feed", FEEDS)
def test_tidy_tables_hold_together(feed):
    tidy = checked(feed, sample_of(feed.name)).tidy

    assert list(tidy.records.columns) == list(RECORD_COLUMNS)
    assert list(tidy.facts.columns) == list(FACT_COLUMNS)
    assert list(tidy.entities.columns) == list(ENTITY_COLUMNS)
    assert set(tidy.records["subject"]) <= set(SUBJECTS)
    assert set(tidy.facts["type"]) <= set(FACT_TYPES)
    assert set(tidy.facts["target_kind"]) <= set(TARGET_KINDS)
    assert not tidy.records["key"].isna().any()
    assert not tidy.records["key"].duplicated().any()
    assert set(tidy.facts["record_key"]) <= set(tidy.records["key"])
    to_records = tidy.facts.loc[tidy.facts["target_kind"] == "record", "target"]
    assert set(to_records) <= set(tidy.records["key"])
    places = tidy.facts.loc[tidy.facts["target_kind"] == "address", "target"]
    assert set(places) == set(tidy.entities["key"])
    assert not tidy.facts.duplicated(["record_key", "type", "target", "from"]).any()


def test_the_registry_is_complete_and_in_order():
    assert tuple(registry.FEEDS) == registry.ORDER


@pytest.mark.parametrize("feed", FEEDS)
def test_the_console_knows_each_feed_as_it_is_declared(feed):
    told = KnownFeed(feed.name, feed.title, feed.publisher, feed.every_days, feed.people)

    assert known.FEEDS[feed.name] == told, "Say the same in graph/model/feeds.py."


@pytest.mark.parametrize("feed", FEEDS)
def test_no_column_is_both_kept_and_dropped(feed):
    kept = {heading for named, column in feed.columns.items() for heading in (named, *column.also)}

    assert not kept & feed.dropped
    assert all(isinstance(column, Column) for column in feed.columns.values())


def test_a_sensitive_kind_needs_consent_or_harm():
    kinds = pd.Series(["mental_health", "mental_health", "mental_health", "social_care", "unheard_of", None])
    bases = pd.Series(["public_task", "consent", "significant_harm", "public_task", "public_task", None])

    reasons = basis_missing(kinds, bases)

    assert reasons.fillna("").tolist() == ["basis_missing", "", "", "", "basis_missing", "basis_missing"]


def test_nothing_of_where_a_restricted_child_lives_is_taken():
    tidy = checked(registry.FEEDS["pds"], sample_of("pds")).tidy

    (child,) = tidy.records.loc[tidy.records["restricted"].fillna(False).astype(bool), "key"]
    carers = tidy.facts.loc[(tidy.facts["record_key"] == child) & (tidy.facts["type"] == "CARED_FOR_BY"), "target"]
    theirs = tidy.facts[tidy.facts["record_key"].isin([child, *carers])]
    records = tidy.records[tidy.records["key"].isin([child, *carers])]
    assert set(theirs["type"]) == {"CARED_FOR_BY"}
    assert records[["postcode", "telephone", "email"]].isna().all(axis=None)
    assert "Secret" not in tidy.entities.to_csv()


def test_a_national_insurance_number_is_nowhere_in_what_is_handed_on():
    found = checked(registry.FEEDS["child_benefit"], sample_of("child_benefit"))

    handed_on = found.tidy.records.to_csv() + found.tidy.facts.to_csv() + repr(found)
    assert "JX123456A" not in handed_on
    assert found.tidy.records["nino_hash"].notna().any()
