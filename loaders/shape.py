"""Builds tidy tables from cleaned columns: records, facts and addresses, in whole columns at a time."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.model.refusals import Reason
from loaders.clean import TEXT_DTYPE, arrow, mapped, series
from loaders.feed import Context, Judge
from loaders.tables import DATE, ENTITY_COLUMNS, FACT_COLUMNS, FLAG, NUMBER, RECORD_COLUMNS, TEXT, Tidy, shaped

LINES = ("line_1", "line_2", "line_3", "line_4")
# Where nobody lives: no fixed abode, abroad, the forces abroad.
_NOWHERE = r"^(ZZ99|BFPO)"


def tidied(
    records: Sequence[pd.DataFrame] = (), facts: Sequence[pd.DataFrame] = (), entities: Sequence[pd.DataFrame] = ()
) -> Tidy:
    """The tables joined and of the declared columns; an entity named twice stands once."""
    named = _joined(entities, ENTITY_COLUMNS)
    return Tidy(
        records=_joined(records, RECORD_COLUMNS),
        facts=_joined(facts, FACT_COLUMNS),
        entities=named.drop_duplicates(["kind", "key"], ignore_index=True),
    )


def _joined(frames: Sequence[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    parts = [shaped(_completed(frame, columns), columns) for frame in frames if len(frame)]
    if not parts:
        return shaped(pd.DataFrame(), columns)
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


_ARROW = {TEXT: pa.string(), DATE: pa.date32(), FLAG: pa.bool_(), NUMBER: pa.int64()}


def _completed(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The frame with its absent columns empty, made of the right type at once: there are many, and most are."""
    absent = {name: kind for name, kind in columns.items() if name not in frame and kind in _ARROW}
    empty = {kind: series(pa.nulls(len(frame), _ARROW[kind]), frame.index) for kind in set(absent.values())}
    return pd.concat([frame, pd.DataFrame({name: empty[kind] for name, kind in absent.items()})], axis=1)


def _same(value: Any, index: pd.Index) -> Any:
    """A column that says the same in every row, made at once; a column stays as it is."""
    if isinstance(value, str | bool):
        return series(pa.repeat(pa.scalar(value), len(index)), index)
    return value


def records(frame: pd.DataFrame, subject: str, columns: Sequence[str] = (), **values: Any) -> pd.DataFrame:
    """One record a row of the frame: these of its columns as they are, and others by name."""
    made: dict[str, Any] = {"key": frame["key"], "subject": subject, "line": frame["line"]}
    made |= {name: frame[name] for name in columns}
    made |= values
    return pd.DataFrame({name: _same(value, frame.index) for name, value in made.items()}, index=frame.index)


def facts(frame: pd.DataFrame, kind: str, target_kind: str, target: pd.Series, **values: Any) -> pd.DataFrame:
    """One fact for each row of the frame that has a target; `from` and `to` are given as `starts` and `ends`."""
    renamed = {{"starts": "from", "ends": "to"}.get(name, name): value for name, value in values.items()}
    record_key = renamed.pop("record_key", frame["key"])
    made = {"record_key": record_key, "type": kind, "target_kind": target_kind, "target": target}
    made |= renamed
    facts = pd.DataFrame({name: _same(value, frame.index) for name, value in made.items()}, index=frame.index)
    return facts if target.notna().all() else facts[target.notna()]


def joined_text(*parts: "pd.Series | str") -> pd.Series:
    """The texts put together row by row; null where one of them is null."""
    index = next(part.index for part in parts if isinstance(part, pd.Series))
    cells = [arrow(part) if isinstance(part, pd.Series) else pa.scalar(part) for part in parts]
    return series(pc.binary_join_element_wise(*cells, ""), index)


def addresses(
    frame: pd.DataFrame, context: Context, lines: Sequence[str] = LINES, uprn: str | None = None
) -> tuple[pd.Series, pd.DataFrame]:
    """The address_id of each row (null where no place is named), and the addresses themselves.

    A postcode alone is no address: all who live in it would share one home.
    """
    given = {ours: frame[theirs] for ours, theirs in zip(LINES, lines, strict=False)}
    made = pd.DataFrame({**given, "postcode": frame["postcode"]}, index=frame.index)
    made["uprn"] = frame[uprn] if uprn else None
    made["uprn"] = made["uprn"].astype(frame["postcode"].dtype)
    somewhere = made["uprn"].notna() | (made[list(given)].notna().any(axis=1) & made["postcode"].notna())
    somewhere &= ~made["postcode"].str.match(_NOWHERE).fillna(False).astype(bool)
    made["key"] = _address_ids(made, list(given)).where(somewhere)
    places = made[somewhere].drop_duplicates("key")
    places = places.assign(kind="address", authority=authorities(places["postcode"], context))
    return made["key"], places


def _address_ids(frame: pd.DataFrame, lines: Sequence[str]) -> pd.Series:
    cells = [pc.fill_null(arrow(frame[name]), "") for name in (*lines, "postcode")]
    folded = pc.utf8_lower(pc.replace_substring_regex(pc.binary_join_element_wise(*cells, "|"), r"[^\pL\pN|]", ""))
    # The same lines, however they are spread over the cells, are the same place.
    spread = pc.utf8_trim(pc.replace_substring_regex(folded, r"\|+", "|"), "|")
    hashed = mapped(series(spread, frame.index), lambda cell: "addr:" + hashlib.sha256(cell.encode()).hexdigest()[:32])
    return joined_text("uprn:", frame["uprn"]).fillna(hashed)


def authorities(postcodes: pd.Series, context: Context) -> pd.Series:
    """The children's authority of each postcode; null where it is unknown or no look-up is there yet."""
    if context.areas is None or postcodes.empty:
        if not postcodes.empty:
            context.warn("There is no postcode look-up yet, so addresses have no authority. Load postcodes first.")
        return pd.Series(None, index=postcodes.index, dtype=postcodes.dtype)
    return context.areas(postcodes)


def given_names(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The frame with `forename` (the first of the names in that column) and `middle_names` (the others)."""
    names = arrow(frame[column])
    first = pc.replace_substring_regex(names, r"^(\S+).*$", r"\1")
    others = pc.replace_substring_regex(names, r"^\S+ ?", "")
    return frame.assign(
        forename=series(first, frame.index),
        middle_names=series(pc.if_else(pc.equal(others, ""), None, others), frame.index),
    )


def number(values: pd.Series) -> pd.Series:
    """The cleaned digits as whole numbers; null stays null."""
    return series(arrow(values).cast(pa.int64()), values.index)


def open_or_closed(frame: pd.DataFrame, context: Context) -> pd.Series:
    """`closed` where the closing date is not after the file's own, else `open`."""
    closed = (frame["closed_on"] <= context.as_at.date()).fillna(False).astype(bool)
    return pd.Series("open", index=frame.index, dtype=frame["name"].dtype).mask(closed, "closed")


def ends_before_start(start: str, end: str) -> Judge:
    """A judge of rows: whether their end lies before their start."""

    def judge(frame: pd.DataFrame, context: Context) -> pd.Series:
        wrong = (frame[end] < frame[start]).fillna(False).astype(bool)
        codes = pd.Series(None, index=frame.index, dtype=TEXT_DTYPE)
        return codes.mask(wrong, Reason.ENDS_BEFORE_START.value)

    return judge


def grown_up(births: pd.Series, context: Context) -> pd.Series:
    """Whether each was 25 or older on the date of the file; false where the birth date is unknown."""
    return (births <= (context.as_at - pd.DateOffset(years=25)).date()).fillna(False).astype(bool)


def owned(parts: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """The parts whose row is one of the owners, with the key of that owner; owners are indexed by row."""
    mine = parts[parts["row"].isin(owners.index)]
    return mine.assign(key=owners["key"].reindex(mine["row"]).set_axis(mine.index))


def written(dates: pd.Series) -> pd.Series:
    """The dates as text, year first; null stays null."""
    return series(pa.array(dates.array, pa.date32()).cast(pa.string()), dates.index)


def place_in(rows: pd.Series) -> pd.Series:
    """The place of each among those of the same row, from 1, as text."""
    return (rows.groupby(rows).cumcount() + 1).astype(str).astype(TEXT_DTYPE)


def listed(texts: pd.Series, rows: pd.Series, index: pd.Index) -> pd.Series:
    """The distinct texts of each row as Python lists, by row; null where a row has none."""
    found: dict[int, dict[str, None]] = {}
    for row, text in zip(rows.tolist(), texts.tolist(), strict=True):
        found.setdefault(row, {})[text] = None
    return pd.Series([list(found[row]) if row in found else None for row in index], index=index, dtype=object)
