"""What a load will change: decided whole, from the tidy tables and what is there, before anything is written."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import pandas as pd

from graph.model.kinds import Visibility, kind_named
from graph.model.names import search_parts
from graph.services.index_query import born_words
from graph.services.shields import Guard, guard_of, new_shield_id
from loaders import gates
from loaders.again import SAID, differing, told_of_others
from loaders.carers import METHOD, Care, join_carers
from loaders.feed import Absent, Feed
from loaders.guarding import Judged, grown, held_back, homes_said, judge, said_by, surely
from loaders.identify import File, Identified, identify, sealed_lives
from loaders.match import WEIGHED, folded
from loaders.state import KNOWN, State, homes_of
from loaders.tables import FACT_PROPERTIES, PERSON_SUBJECTS, RECORD_PROPERTIES, TEXTS, Tidy, values

NAMES = ("forename", "preferred_forename", "family_name", "preferred_family_name", "former_family_name", "middle_names")
SUBJECT_KIND = {
    "child": "person",
    "carer": "person",
    "service": "service",
    "school": "service",
    "gp_practice": "service",
    "practitioner": "practitioner",
    "authority": "authority",
}
_LISTS = [name for name, kind in RECORD_PROPERTIES.items() if kind == TEXTS]
_ALLOWED_FOR_SENSITIVE = ("consent", "significant_harm")


@dataclass(frozen=True)
class Scope:
    """Which file this is: its feed, who sent it, as at when, whether it is whole, and the number of its run."""

    feed: Feed
    supplier: str
    as_at: date
    full: bool
    run: int

    @property
    def source(self) -> str:
        """The feed's name, as records and facts carry it."""
        return self.feed.name


@dataclass
class Plan:
    """Everything that one load changes, in tables."""

    scope: Scope
    records: pd.DataFrame
    facts: pd.DataFrame
    entities: pd.DataFrame
    persons: list[dict[str, Any]] = field(default_factory=list)
    relabelled: list[dict[str, Any]] = field(default_factory=list)
    ended_records: list[str] = field(default_factory=list)
    ended_facts: list[tuple[str, str, str]] = field(default_factory=list)  # subject kind, subject, fact
    confirmed: list[str] = field(default_factory=list)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    shields: list[tuple[Guard, str]] = field(default_factory=list)  # proposed by `R`: guard, person
    held: list[tuple[Guard, str]] = field(default_factory=list)  # entries that may be a shielded child: guard, person
    attached: list[dict[str, str]] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)  # person_id, candidate, and what the question says
    in_file: set[str] = field(default_factory=set)  # every record of the file, changed or not, refused or put aside
    uses: Mapping[str, int] = field(default_factory=dict)  # of the keys used again: how often each has been begun
    parts: set[str] = field(default_factory=set)  # the parts of its scope that the file speaks for
    touched: set[str] = field(default_factory=set)  # children whose responsible authority is to be looked at again
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str, str]] = field(default_factory=list)  # line, column, reason code
    withdrawn: list[str] = field(default_factory=list)  # NHS numbers that this file is the first to withdraw
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # the gates that it does not pass: nothing of it may be written


def plan_load(
    tidy: Tidy,
    scope: Scope,
    state: State,
    *,
    refused_keys: Sequence[str] = (),
    unknown_keys: int = 0,
    released: frozenset[str] = frozenset(),
    given: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """The changes that make the graph say what this file says; nothing is written.

    `refused_keys` are the keys of rows that were refused: they are in the file, so nothing of theirs is retired. While
    there are rows whose key cannot be told (`unknown_keys`), nothing is retired at all. A person has released the
    records `released` from quarantine as somebody else's, and said of the records `given` whose they are.
    """
    before, standing = state.withdrawn(), state.guards()
    said = released | given.keys()
    sealed = frozenset(before | tidy.withdrawn)
    plan, known, changed, others = _laid_out(tidy, scope, state, refused_keys, said, sealed, standing)
    plan.withdrawn = sorted(tidy.withdrawn - before)
    proposed = _proposed(plan, changed, standing)
    guards = _Guards([*standing, *proposed.values()], proposed, released, given)
    changed, judged = _quarantine(plan, guards, changed, state)
    fresh = changed[changed["subject"].isin(PERSON_SUBJECTS) & ~changed["seen"] & ~changed["record"].isin(set(given))]
    identified = _identify(plan, state, fresh, standing, proposed, released, before | tidy.withdrawn, others)
    # What a register withdraws again it has withdrawn before, and does not use.
    plan.errors = _gated(plan, known, others, changed, identified, before - tidy.withdrawn)
    aside = (
        identified.aside
        | _astray(judged, identified, proposed)
        | _strangers(plan, changed, judged, identified, released)
    )
    changed = _without(plan, changed, aside, state)
    _keep_old(plan, others, changed)
    _join_carers(plan, state, changed, identified, standing, proposed, before | tidy.withdrawn)
    persons = _assign_persons(plan, state, changed, identified, given)
    _shield(plan, standing, proposed, state, persons)
    _hold(plan, standing, judged, state)
    _keep_new_facts(plan, state, persons, changed)
    gone = _replaced(others)
    if scope.full and scope.feed.absent is Absent.END and not unknown_keys:
        gone = pd.concat([gone, _absent(plan, known)], ignore_index=True).drop_duplicates("record")
    elif scope.full and scope.feed.absent is Absent.END:
        plan.warnings.append(f"Nothing was ended: {unknown_keys:,} refused rows have no key, and may be of anybody.")
    _retire(plan, state, gone)
    _keep_new_entities(plan, state)
    _finish_records(plan)
    return plan


# --- records and what they say -------------------------------------------------------------------


@dataclass
class _Others:
    """The known keys under which the file tells of others than before."""

    before: pd.DataFrame  # what was said last under each key that is known, in the columns SAID
    old: dict[str, str]  # of each record that begins in this file: the one that its key named until now
    known: pd.DataFrame  # the versions of these old records, in the columns KNOWN


def _laid_out(
    tidy: Tidy,
    scope: Scope,
    state: State,
    refused_keys: Sequence[str],
    said: frozenset[str],
    withdrawn: frozenset[str],
    standing: Sequence[Guard],
) -> tuple[Plan, pd.DataFrame, pd.DataFrame, _Others]:
    """The file's records, named; what is known of them; which of them have changed; and which keys are used again.

    A key under which somebody else is told of now is begun anew: the row is a record that nobody has seen. Of `said`
    a person has said whose they are. A shielded child's key stays the child's: it may be the child under new names.
    """
    uses = state.uses(scope.source, scope.supplier)
    plan, known, changed = _named(tidy, scope, state, refused_keys, uses)
    asked = changed[changed["seen"] & changed["subject"].isin(PERSON_SUBJECTS) & ~changed["record"].isin(said)]
    records = values(asked["record"])
    before = state.said_before(records) if records else pd.DataFrame(columns=SAID, dtype=object)
    changes = sorted(differing(before, asked))
    guarded = {guard.person_id for guard in standing}
    whose = state.persons_of(changes) if changes else {}
    whose = {record: person for record, person in whose.items() if person not in guarded}
    again = told_of_others(before, asked, whose, state, sealed_lives(state, withdrawn)) if whose else set()
    if not again:
        return plan, known, changed, _Others(before, {}, known.iloc[:0])
    keys = {key: record for key, record in zip(values(asked["key"]), records, strict=True) if record in again}
    uses |= {key: uses.get(key, 1) + 1 for key in keys}
    plan, now_known, changed = _named(tidy, scope, state, refused_keys, uses)
    anew = {
        record: keys[key]
        for key, record in zip(values(plan.records["key"]), values(plan.records["record"]), strict=True)
        if key in keys
    }
    plan.counts["keys_used_again"] += len(anew)
    plan.warnings.append(
        f"Known keys that tell of somebody else now: {len(anew):,}. These rows were looked at as if they were new."
    )
    before["record"] = before["record"].replace({old: record for record, old in anew.items()})
    olds = known[known["record"].isin(again)]
    return plan, now_known, changed, _Others(before, anew, olds)


def _named(
    tidy: Tidy, scope: Scope, state: State, refused_keys: Sequence[str], uses: Mapping[str, int]
) -> tuple[Plan, pd.DataFrame, pd.DataFrame]:
    plan = Plan(scope, tidy.records, tidy.facts, tidy.entities, uses=uses)
    _identify_records(plan)
    plan.in_file |= {record_id(scope.source, scope.supplier, key, uses.get(key, 1)) for key in refused_keys}
    plan.parts |= {_part(key) for key in refused_keys}
    _refuse_sensitive_without_basis(plan, state)
    _resolve_targets(plan, state)
    _hash_content(plan)
    known = _known(plan, state)
    return plan, known, _classify(plan, known)


def _shields_over(standing: Sequence[Guard]) -> dict[str, list[str]]:
    """The shields over each person."""
    shields: dict[str, list[str]] = {}
    for guard in standing:
        if guard.person_id is not None:
            shields.setdefault(guard.person_id, []).append(guard.shield_id)
    return shields


def _keep_old(plan: Plan, others: _Others, changed: pd.DataFrame) -> None:
    """Leaves what was known under a key as it is while the row that tells of somebody else waits in quarantine."""
    waiting = others.old.keys() - set(values(changed["record"]))
    plan.in_file |= {others.old.pop(record) for record in waiting}


def record_id(source: str, supplier: str, key: str, use: int = 1) -> str:
    """The name of a record over all its versions: a hash of who said it under which key, in which use of it."""
    return blake2b(f"{source}\x1f{supplier}\x1f{_use_of(key, use)}".encode(), digest_size=12).hexdigest()


def _use_of(key: str, use: int) -> str:
    return key if use == 1 else f"{key}\x1f{use}"


def _identify_records(plan: Plan) -> None:
    source, supplier, uses = plan.scope.source, plan.scope.supplier, plan.uses
    records = plan.records.copy()
    for name in _LISTS:
        # What comes from a file is Arrow's; what is compared and written is Python's.
        records[name] = pd.Series(
            [None if value is None else list(value) for value in values(records[name])], dtype=object
        )
    # A supplier may number its practitioners as it numbers its involvements.
    keys, subjects = values(records["key"]), values(records["subject"])
    records["key"] = [
        f"practitioner/{key}" if of == "practitioner" else key for key, of in zip(keys, subjects, strict=True)
    ]
    use = [uses.get(key, 1) for key in values(records["key"])] if uses else [1] * len(records)
    records["key_use"] = pd.Series([each if each > 1 else None for each in use], index=records.index, dtype=object)
    records["record"] = [record_id(source, supplier, *named) for named in zip(values(records["key"]), use, strict=True)]
    records["subject_id"] = [
        identity(subject, key, supplier)
        for subject, key in zip(values(records["subject"]), values(records["key"]), strict=True)
    ]
    plan.records = records
    facts = plan.facts.copy()
    sayers, kinds = values(facts["record_key"]), values(facts["type"])
    facts["record_key"] = [
        f"practitioner/{key}" if kind == "WORKS_FOR" else key for key, kind in zip(sayers, kinds, strict=True)
    ]
    about = records.set_index("key")[["record", "subject", "subject_id", "line"]]
    facts = facts.join(about, on="record_key", how="inner")
    facts["subject_kind"] = facts["subject"].map(SUBJECT_KIND)
    plan.facts = facts.drop(columns="subject").reset_index(drop=True)
    plan.in_file = set(values(records["record"]))
    plan.parts = {_part(key) for key in values(records["key"])}


def identity(subject: str, key: str, supplier: str) -> str | None:
    """The key of the identity node that a record describes; None for persons, who are matched."""
    if subject in PERSON_SUBJECTS:
        return None
    prefix = {"school": "urn:", "gp_practice": "ods:", "practitioner": f"{supplier}:"}.get(subject, "")
    return prefix + key.removeprefix("practitioner/")


def _refuse_sensitive_without_basis(plan: Plan, state: State) -> None:
    """Takes out involvements of a sensitive kind without consent or significant harm: they are never stored."""
    involves = plan.facts[plan.facts["type"] == "INVOLVES"]
    if involves.empty:
        return
    kinds = state.service_kinds(sorted(set(values(involves["target"]))))
    sensitive = {key for key, kind in kinds.items() if kind_named(kind).visibility is Visibility.SENSITIVE}
    bad = involves[involves["target"].isin(sensitive) & ~involves["basis"].isin(_ALLOWED_FOR_SENSITIVE).fillna(False)]
    if bad.empty:
        return
    keys = set(bad["record_key"])
    plan.refused.extend((int(line), "BASIS", "basis_missing") for line in bad["line"].tolist())
    plan.records = plan.records[~plan.records["key"].isin(keys)].reset_index(drop=True)
    plan.facts = plan.facts[~plan.facts["record_key"].isin(keys)].reset_index(drop=True)


def _resolve_targets(plan: Plan, state: State) -> None:
    """Gives each fact the key of its target; a fact whose target nobody knows is left out, counted and said."""
    facts = plan.facts
    supplier = plan.scope.supplier
    described = set(plan.records["subject_id"].dropna())
    records = dict(zip(values(plan.records["key"]), values(plan.records["record"]), strict=True))
    addresses = set(values(plan.entities["key"]))
    codes = state.authority_codes() if (facts["target_kind"] == "authority").any() else {}
    own_codes = plan.records[plan.records["subject"] == "authority"]
    codes |= dict(zip(values(own_codes["dfe_code"]), values(own_codes["key"]), strict=True))
    numbered = {
        target for target in values(facts["target"]) if target is not None and str(target).startswith("laestab:")
    }
    if numbered:
        schools = state.schools_numbered(sorted(number.removeprefix("laestab:") for number in numbered))
        facts["target"] = [
            schools.get(target.removeprefix("laestab:"), target) if target in numbered else target
            for target in values(facts["target"])
        ]
    there: set[str] = set()
    for kind, target_kinds in (
        ("service", ("school", "gp_practice", "service")),
        ("practitioner", ("practitioner",)),
        ("authority", ("authority",)),
    ):
        wanted = set(facts.loc[facts["target_kind"].isin(target_kinds), "target"].dropna()) - described
        wanted = {codes.get(key.removeprefix("dfe:"), key) for key in wanted} if kind == "authority" else wanted
        there |= state.existing(kind, sorted(wanted)) if wanted else set()
    there |= described

    def resolved(kind: str, target: str) -> str | None:
        match kind:
            case "record":
                return records.get(target)
            case "address":
                return target if target in addresses else None
            case "authority":
                code = codes.get(target.removeprefix("dfe:"), target)
                return code if code in there else None
            case "practitioner":
                full = target if target in there else f"{supplier}:{target}"
                return full if full in there else None
            case _:
                return target if target in there else None

    found = [
        resolved(kind, target)
        for kind, target in zip(values(facts["target_kind"]), values(facts["target"]), strict=True)
    ]
    facts["target_id"] = found
    missing = facts[facts["target_id"].isna()]
    for kind, count in sorted(Counter(values(missing["target_kind"])).items()):
        plan.warnings.append(f"{count:,} relationships were left out: the {_WORDS[kind]} they name is not known.")
        plan.counts[f"unknown_{kind}"] += count
    plan.facts = facts[facts["target_id"].notna()].reset_index(drop=True)


_WORDS = {
    "record": "person",
    "address": "address",
    "school": "school",
    "gp_practice": "GP practice",
    "service": "service",
    "practitioner": "practitioner",
    "authority": "local authority",
}


def _hash_content(plan: Plan) -> None:
    """Gives each fact its fact_id and each record the hash of all that it and its facts say."""
    source, supplier = plan.scope.source, plan.scope.supplier
    facts = plan.facts
    identity_columns = ("record_key", "type", "target", "from")
    rows = list(zip(*(values(facts[name]) for name in identity_columns), strict=True))
    if uses := plan.uses:
        of_record = values(facts["target_kind"] == "record")
        rows = [
            (_use_of(key, uses.get(key, 1)), kind, _use_of(to, uses.get(to, 1)) if person else to, since)
            for (key, kind, to, since), person in zip(rows, of_record, strict=True)
        ]
    facts["fact_id"] = [
        blake2b("\x1f".join((source, supplier, *map(str, row))).encode(), digest_size=12).hexdigest() for row in rows
    ]
    twice = facts.duplicated("fact_id")
    if twice.any():
        plan.counts["repeated_facts"] += int(twice.sum())
        facts = facts[~twice].reset_index(drop=True)
    said = _joined(facts, ["fact_id", "to", *FACT_PROPERTIES])
    parts: dict[str, int] = {}
    for record, text in zip(values(facts["record"]), said, strict=True):
        value = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
        parts[record] = (parts.get(record, 0) + value) & 0xFFFFFFFFFFFFFFFF
    lines = _joined(plan.records, ["subject", *RECORD_PROPERTIES])
    plan.records["content_hash"] = [
        blake2b(f"{line}\x1f{parts.get(record, 0)}".encode(), digest_size=8).hexdigest()
        for record, line in zip(values(plan.records["record"]), lines, strict=True)
    ]
    plan.facts = facts


def _joined(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Each row's values in one line of text; an absent one is not the same as an empty one."""
    used = [name for name in columns if frame[name].notna().any()]
    texts = [[f"{name}={value}" if value is not None else "" for value in values(frame[name])] for name in used]
    return ["\x1f".join(filter(None, row)) for row in zip(*texts, strict=True)] if texts else [""] * len(frame)


# --- what of it is new ---------------------------------------------------------------------------


def _known(plan: Plan, state: State) -> pd.DataFrame:
    """The versions of this file's records that are there, and for a full file every open one of its scope."""
    scope, wanted = plan.scope, values(plan.records["record"])
    if not scope.full:
        return state.versions(wanted)
    open_ones = state.scope(scope.source, scope.supplier)[KNOWN]
    others = sorted(set(wanted) - set(open_ones["record"]))
    closed = state.versions(others) if others else pd.DataFrame(columns=KNOWN)
    return pd.concat([open_ones, closed], ignore_index=True) if len(closed) else open_ones


def _classify(plan: Plan, known: pd.DataFrame) -> pd.DataFrame:
    """The records that are not simply as they were, with `version` (the next) and `was` (the open one or 0)."""
    latest = known.sort_values("version").drop_duplicates("record", keep="last")
    columns = ("record", "version", "content_hash", "open")
    last = {row[0]: row[1:] for row in zip(*(values(latest[name]) for name in columns), strict=True)}
    records, nothing = plan.records, (0, "", False)
    before = [last.get(record, nothing) for record in values(records["record"])]
    records["version"] = [version + 1 for version, _, _ in before]
    records["was"] = [version if is_open else 0 for version, _, is_open in before]
    records["seen"] = [version > 0 for version, _, _ in before]
    hashes = values(records["content_hash"])
    said = [is_open and was == now for (_, was, is_open), now in zip(before, hashes, strict=True)]
    same = pd.Series(said, index=records.index, dtype=bool)
    if not plan.scope.full:
        plan.confirmed = _version_names(records[same], "was")
    changed = records[~same].reset_index(drop=True)
    plan.counts["unchanged"] += int(same.sum())
    plan.counts["changed"] += int(changed["seen"].sum())
    plan.counts["new"] += int((~changed["seen"]).sum())
    return changed


# --- shields -------------------------------------------------------------------------------------


def _proposed(plan: Plan, changed: pd.DataFrame, standing: Sequence[Guard]) -> dict[str, Guard]:
    """Per record the guard that `R` in this file proposes, where the child is not guarded yet."""
    guarded = {number for guard in standing for number in (*guard.nhs_numbers, *guard.upns)}
    restricted = changed["restricted"].fillna(False).astype(bool) & (changed["subject"] == "child")
    rows = changed[restricted & ~changed["nhs_number"].isin(guarded).fillna(False).astype(bool)]
    homes = _homes_said(plan) if len(rows) else {}
    return {
        str(row["record"]): guard_of(new_shield_id(), [said_by(row, homes.get(row["record"], ()))])
        for row in rows.to_dict("records")
    }


@dataclass(frozen=True)
class _Guards:
    """What is guarded while a file is planned, and what a person has said of its rows."""

    every: Sequence[Guard]
    proposed: Mapping[str, Guard]
    released: frozenset[str]
    given: Mapping[str, str]


def _quarantine(plan: Plan, guards: _Guards, changed: pd.DataFrame, state: State) -> tuple[pd.DataFrame, Judged]:
    """The changed records without those that may be a shielded child's and are not surely that child's (rule 3)."""
    children = changed[(changed["subject"] == "child") & ~changed["record"].isin(guards.released)]
    if not guards.every or children.empty:
        return changed, Judged(list(guards.every))
    seen = values(children.loc[children["seen"], "record"])
    judged = judge(
        children,
        guards.every,
        state.waiting(),
        homes=_homes_said(plan),
        own=(state.persons_of(seen) if seen else {}) | dict(guards.given),
        proposed=guards.proposed,
    )
    return _without(plan, changed, judged.aside, state), judged


def _homes_said(plan: Plan) -> dict[str, list[str]]:
    lines = dict(zip(values(plan.entities["key"]), values(plan.entities["line_1"]), strict=True))
    return homes_said(plan.facts, lines)


def _without(plan: Plan, changed: pd.DataFrame, aside: Mapping[str, Sequence[str]], state: State) -> pd.DataFrame:
    """The changed records without those that wait for these shields."""
    if not aside:
        return changed
    keys = dict(zip(values(changed["record"]), values(changed["key"]), strict=True))
    return _put_aside(plan, changed, {keys[record]: ",".join(ids) for record, ids in aside.items()}, state)


def _put_aside(plan: Plan, changed: pd.DataFrame, reasons: dict[str, str], state: State) -> pd.DataFrame:
    """Moves rows, and the carers that only they name, out of the plan into quarantine, each whole."""
    keys = set(reasons)
    mine = plan.facts[plan.facts["record_key"].isin(keys)]
    rest = plan.facts[~plan.facts["record_key"].isin(keys)]
    carers = set(mine.loc[mine["type"] == "CARED_FOR_BY", "target"]) - set(
        rest.loc[rest["type"] == "CARED_FOR_BY", "target"]
    )
    rows = changed[changed["key"].isin(keys)]
    by_key = dict(iter(mine.groupby("record_key")))
    carer_rows = plan.records[plan.records["key"].isin(carers)]
    address_rows = plan.entities[plan.entities["key"].isin(set(mine["target"]))]
    for row in rows.to_dict("records"):
        facts = by_key.get(row["key"], mine.iloc[:0])
        targets = set(facts["target"])
        named = carer_rows[carer_rows["key"].isin(targets)]
        places = address_rows[address_rows["key"].isin(targets)]
        payload = {"record": _row(row), "facts": _rows(facts), "carers": _rows(named), "addresses": _rows(places)}
        plan.quarantined.append(
            {
                "record": row["record"],
                "record_version": f"{row['record']}/quarantined/{row['content_hash']}",
                "source": plan.scope.source,
                "supplier": plan.scope.supplier,
                "key": row["key"],
                "line": row["line"],
                "run": plan.scope.run,
                "reason": "resembles_shielded",
                "shields": reasons[row["key"]].split(","),
                "content_hash": row["content_hash"],
                "payload": json.dumps(payload, default=str, ensure_ascii=False, sort_keys=True),
            }
        )
    there = state.quarantined([row["record_version"] for row in plan.quarantined])
    plan.quarantined = [row for row in plan.quarantined if row["record_version"] not in there]
    gone = keys | carers
    plan.counts["quarantined"] += len(rows)
    out = changed[changed["key"].isin(gone)]
    plan.counts["new"] -= int((~out["seen"]).sum())
    plan.counts["changed"] -= int(out["seen"].sum())
    plan.facts = plan.facts[~plan.facts["record_key"].isin(gone)].reset_index(drop=True)
    return changed[~changed["key"].isin(gone)].reset_index(drop=True)


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if isinstance(value, list) or not pd.isna(value)}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [_row(row) for row in frame.to_dict("records")]


def _shield(
    plan: Plan, standing: Sequence[Guard], proposed: dict[str, Guard], state: State, persons: dict[str, str]
) -> None:
    """Shields at once whom `R` proposes, and gives a shield back the child whom a load has brought back."""
    guarded = {guard.person_id for guard in standing}
    by_record = plan.records.set_index("record")
    before = state.guarded([persons[record] for record in proposed]) if proposed else {}
    homes = _homes_said(plan) if proposed else {}
    for record, guard in proposed.items():
        person = persons[record]
        if person not in guarded:
            guarded.add(person)
            said = [*before.get(person, ()), said_by(by_record.loc[record].to_dict(), homes.get(record, ()))]
            plan.shields.append((guard_of(guard.shield_id, said), person))
    lost = [guard for guard in standing if guard.person_id is None]
    numbers = {number for guard in lost for number in (*guard.nhs_numbers, *guard.upns)}
    if not numbers:
        return
    rows = plan.records[plan.records["nhs_number"].isin(numbers) | plan.records["upn"].isin(numbers)]
    for row in rows.to_dict("records"):
        plan.attached.extend(
            {"shield_id": guard.shield_id, "person_id": persons[row["record"]]}
            for guard in lost
            if surely(said_by(row), guard)
        )


def _hold(plan: Plan, standing: Sequence[Guard], judged: Judged, state: State) -> None:
    """Holds what was there before and may be a child of whom this file tells more, or asks for a shield.

    What the file itself brings has been compared with all of that already (`_quarantine`).
    """
    after = [guard for guard in judged.guards if guard.person_id is not None]
    after += [replace(guard, person_id=person) for guard, person in plan.shields]
    more = grown(standing, after)
    if not more:
        return
    known = state.identities()
    known = known[~known["record"].isin(set(plan.records["record"]))]
    plan.held = held_back(more, known, state.apart(), {guard.person_id for guard in after if guard.person_id})
    plan.counts["held"] += len(plan.held)


# --- people --------------------------------------------------------------------------------------


def _identify(
    plan: Plan,
    state: State,
    fresh: pd.DataFrame,
    standing: Sequence[Guard],
    proposed: dict[str, Guard],
    released: frozenset[str],
    withdrawn: set[str],
    others: _Others,
) -> Identified:
    """Who the records are about whose key nobody knows yet."""
    if others.old:
        # The number in the sender's own list was the other's as well.
        anew = fresh["record"].isin(set(others.old))
        fresh = fresh.assign(local_id=fresh["local_id"].where(~anew, None))
    if fresh.empty:
        return Identified(pd.DataFrame(columns=list(WEIGHED)))
    lines = dict(zip(values(plan.entities["key"]), values(plan.entities["line_1"]), strict=True))
    file = File(
        source=plan.scope.source,
        supplier=plan.scope.supplier,
        full=plan.scope.full,
        register=plan.scope.feed.register,
        records=plan.in_file,
        homes=homes_of(plan.facts, lines),
        shields=_shields_over(standing),
        released=released,
        restricted=frozenset(proposed),
        withdrawn=frozenset(withdrawn),
        ended=frozenset(others.old.values()),
    )
    return identify(fresh, state, file)


def _gated(
    plan: Plan,
    known: pd.DataFrame,
    others: _Others,
    changed: pd.DataFrame,
    identified: Identified,
    withdrawn: set[str],
) -> list[str]:
    """Why the file as a whole is not like its feed; nothing for one that is."""
    children = changed[changed["subject"] == "child"]
    before = others.before[others.before["record"].isin(set(values(children["record"])))]
    told = known[known["open"].astype(bool) & (known["subject"] == "child")] if plan.scope.full else known.iloc[:0]
    again = children
    if plan.scope.feed.scope is not None:
        # Of a part of the scope that comes for the first time everybody may be new.
        told = told[told["key"].map(_part).isin(plan.parts)]
        again = children[children["key"].map(_part).isin(set(told["key"].map(_part)))]
    return gates.judged(
        children,
        before,
        identified,
        register=plan.scope.feed.register,
        withdrawn=withdrawn,
        told=gates.Told(len(told), set(values(again["record"]))),
    )


def _part(key: str) -> str:
    """The part of its scope that a key is of: what stands before the slash."""
    return key.partition("/")[0]


def _astray(judged: Judged, identified: Identified, proposed: Mapping[str, Guard]) -> dict[str, list[str]]:
    """The rows that are surely a shielded child's by a number, and that matching gave to nobody or to somebody else."""
    matched = identified.matched
    person = dict(zip(values(matched["record"]), values(matched["person_id"]), strict=True))
    asking = {guard.shield_id: person.get(record) for record, guard in proposed.items()}
    astray: dict[str, list[str]] = {}
    for record, guards in judged.sure.items():
        if record not in person or record in proposed:
            continue
        # A shield whose child a run took away finds the child again by such a row (`_shield`).
        theirs = {asking.get(guard.shield_id, guard.person_id) for guard in guards}
        if None not in theirs and person[record] not in theirs:
            astray[record] = sorted(guard.shield_id for guard in guards)
    return astray


def _join_carers(
    plan: Plan,
    state: State,
    changed: pd.DataFrame,
    identified: Identified,
    standing: Sequence[Guard],
    proposed: dict[str, Guard],
    withdrawn: set[str],
) -> None:
    """Gives new records of carers the person of the carer who is known already."""
    matched = identified.matched
    new = set(values(matched.loc[matched["method"] == "new", "record"]))
    fresh = changed[changed["record"].isin(new) & (changed["subject"] == "carer")]
    facts = plan.facts
    said = facts[(facts["type"] == "CARED_FOR_BY") & facts["target_id"].isin(set(values(fresh["record"])))]
    if said.empty:
        return
    person_of = dict(zip(values(matched["record"]), values(matched["person_id"]), strict=True))
    children = sorted(set(values(said["record"])) - set(person_of))
    person_of |= state.persons_of(children) if children else {}
    barred = {guard.person_id for guard in standing} | {person_of[record] for record in proposed}
    barred |= {row["person_id"] for row in identified.proposals}
    barred |= sealed_lives(state, frozenset(withdrawn))
    over = changed.loc[changed["nhs_number"].isin(withdrawn), "record"]
    barred |= {person_of[record] for record in values(over) if record in person_of}
    care = Care(
        said=pd.DataFrame(
            {
                "child": [person_of.get(record) for record in values(said["record"])],
                "record": values(said["target_id"]),
                "relationship": values(said["relationship"]),
            }
        ).dropna(subset=["child"]),
        homes=_homes(plan, person_of),
        barred=frozenset(person for person in barred if person is not None),
    )
    joined = join_carers(fresh, care, state)
    rows = []
    for record, person, how, basis, score, parts in matched.itertuples(index=False):
        if record in joined:
            known, by = joined[record]
            # Whom only this file knows goes by the first record.
            rows.append((record, person_of.get(known, known), METHOD, by, None, None))
        else:
            rows.append((record, person, how, basis, score, parts))
    identified.matched = pd.DataFrame(rows, columns=list(matched.columns))


def _homes(plan: Plan, person_of: dict[str, str]) -> dict[str, set[str]]:
    """Where each child lives by this file, with an address of more than a postcode."""
    streets = set(plan.entities.loc[plan.entities["line_1"].notna(), "key"])
    lives = plan.facts[(plan.facts["type"] == "LIVES_AT") & plan.facts["to"].isna()]
    homes: dict[str, set[str]] = {}
    for record, place in zip(values(lives["record"]), values(lives["target_id"]), strict=True):
        if record in person_of and place in streets:
            homes.setdefault(person_of[record], set()).add(place)
    return homes


def _strangers(
    plan: Plan, changed: pd.DataFrame, judged: Judged, identified: Identified, released: frozenset[str]
) -> dict[str, list[str]]:
    """The rows that would make a child whom nobody knew, and that are nearer to a shielded one than a stranger is."""
    if not judged.guards or identified.matched.empty:
        return {}
    new = set(identified.matched.loc[identified.matched["method"] == "new", "person_id"])
    records = set(identified.matched.loc[identified.matched["person_id"].isin(new), "record"]) - released
    return judged.too_near(
        changed[changed["record"].isin(records) & (changed["subject"] == "child")], _homes_said(plan)
    )


def _assign_persons(
    plan: Plan, state: State, changed: pd.DataFrame, identified: Identified, given: Mapping[str, str]
) -> dict[str, str]:
    """The person of each changed record of a person; the plan learns who is new and who gains a label."""
    people = changed[changed["subject"].isin(PERSON_SUBJECTS)]
    seen = people[people["seen"]]
    persons = state.persons_of(values(seen["record"])) if len(seen) else {}
    persons |= given
    method: dict[str, tuple[Any, ...]] = dict.fromkeys(persons, ("own_key", None, None, None))
    method |= dict.fromkeys(given, ("said", None, None, None))
    here, matched = set(values(people["record"])), identified.matched
    made = set(matched.loc[matched["method"] == "new", "person_id"])
    for record, person, how, basis, score, parts in matched.itertuples(index=False):
        if record not in here:
            continue
        persons[record] = person
        method[record] = (how, None if pd.isna(basis) else basis, None if pd.isna(score) else score, parts)
        plan.counts[f"by_{how}"] += 1
    # Whoever waits in quarantine after all is nobody of whom people could be asked.
    absent = made - set(persons.values())
    plan.proposals = [row for row in identified.proposals if not {row["person_id"], row["candidate"]} & absent]
    plan.counts["to_review"] += len(plan.proposals)
    subjects: dict[str, set[str]] = {}
    for record, subject in zip(values(people["record"]), values(people["subject"]), strict=True):
        subjects.setdefault(persons[record], set()).add(subject)
    plan.persons = [_labels(person, roles) for person, roles in subjects.items() if person in made]
    plan.relabelled = _gained(state, {person: roles for person, roles in subjects.items() if person not in made})
    changed["subject_id"] = [
        persons.get(record, subject_id)
        for record, subject_id in zip(values(changed["record"]), values(changed["subject_id"]), strict=True)
    ]
    nothing = (None, None, None, None)
    for place, name in enumerate(("method", "basis", "score", "parts")):
        found = [method.get(record, nothing)[place] for record in values(changed["record"])]
        changed[name] = pd.Series(found, index=changed.index, dtype=object)
    plan.touched = {person for person, roles in subjects.items() if "child" in roles}
    plan.records = changed
    return persons


def _labels(person: str, roles: set[str]) -> dict[str, Any]:
    return {
        "person_id": person,
        "child_ids": [person] if "child" in roles else [],
        "carers": [True] if "carer" in roles else [],
    }


def _gained(state: State, wanted: dict[str, set[str]]) -> list[dict[str, Any]]:
    before = state.subjects_of(sorted(wanted)) if wanted else {}
    return [_labels(person, roles) for person, roles in sorted(wanted.items()) if roles - before.get(person, set())]


# --- facts ---------------------------------------------------------------------------------------


def _keep_new_facts(plan: Plan, state: State, persons: dict[str, str], changed: pd.DataFrame) -> None:
    """Leaves in the plan the facts that are not there as they are, and ends those that are no longer said."""
    facts = plan.facts[plan.facts["record"].isin(set(changed["record"]))].copy()
    subject = dict(zip(values(changed["record"]), values(changed["subject_id"]), strict=True))
    facts["subject_id"] = [subject[record] for record in values(facts["record"])]
    is_person = facts["target_kind"] == "record"
    # What is said of a carer beside one child is shown beside that child only (decision 20).
    facts["carer_record"] = facts["target_id"].astype(object).where(is_person, None)
    if is_person.any():
        carers = _carers(plan, state, persons, set(facts.loc[is_person, "target_id"]))
        facts["target_id"] = [
            carers.get(target) if person else target
            for target, person in zip(values(facts["target_id"]), is_person, strict=True)
        ]
        facts = facts[facts["target_id"].notna() & (facts["target_id"] != facts["subject_id"])]
    before = changed[changed["seen"]]
    if len(before):
        facts = _difference(plan, state, before, facts)
    plan.facts = facts.reset_index(drop=True)


def _carers(plan: Plan, state: State, persons: dict[str, str], wanted: set[str]) -> dict[str, str]:
    """The person of each carer's record named by a fact: of this file, or unchanged and there before."""
    unchanged = sorted(wanted - set(persons))
    return persons | (state.persons_of(unchanged) if unchanged else {})


def _difference(plan: Plan, state: State, before: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    subject_kinds = before["subject"].map(SUBJECT_KIND)
    kept: set[str] = set()
    # In a delta a child may come without the related persons, who are resources of their own: that ends nothing.
    care = set(values(facts.loc[facts["type"] == "CARED_FOR_BY", "record"]))
    silent = set() if plan.scope.full else set(values(before["record"])) - care
    said = {
        fact: _fingerprint(kind, target, values)
        for fact, kind, target, values in zip(
            facts["fact_id"], facts["type"], facts["target_id"], _fact_values(facts), strict=True
        )
    }
    for kind in ("person", "service", "practitioner"):
        part = before[subject_kinds == kind]
        if part.empty:
            continue
        there = state.open_facts(kind, part)
        for record, subject, fact, type_, target, properties in there.itertuples(index=False):
            if type_ == "RESPONSIBILITY_OF" or (type_ == "CARED_FOR_BY" and record in silent):
                continue
            if said.get(fact) == _fingerprint(type_, target, properties):
                kept.add(fact)
            else:
                plan.ended_facts.append((kind, subject, fact))
    return facts[~facts["fact_id"].isin(kept)]


_COMPARED_PROPERTIES = ("from", "to", *FACT_PROPERTIES)


def _fact_values(facts: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [values(facts[name]) for name in _COMPARED_PROPERTIES]
    return [dict(zip(_COMPARED_PROPERTIES, row, strict=True)) for row in zip(*columns, strict=True)]


def _fingerprint(kind: str, target: str, properties: dict[str, Any]) -> tuple[Any, ...]:
    return (kind, target, *(properties.get(name) for name in _COMPARED_PROPERTIES))


def _replaced(others: _Others) -> pd.DataFrame:
    """The records whose keys tell of somebody else in this file, and that are not said any more."""
    return others.known[others.known["open"].astype(bool) & others.known["record"].isin(set(others.old.values()))]


def _absent(plan: Plan, known: pd.DataFrame) -> pd.DataFrame:
    """What this scope said before of people and does not say now."""
    gone = known[
        known["open"].astype(bool) & known["subject"].isin(PERSON_SUBJECTS) & ~known["record"].isin(plan.in_file)
    ]
    if plan.scope.feed.scope is not None:
        # A school that sent nothing says nothing.
        gone = gone[[_part(key) in plan.parts for key in gone["key"]]]
    return gone


def _retire(plan: Plan, state: State, gone: pd.DataFrame) -> None:
    """Ends these records with what they say, on the file's date; nothing is deleted."""
    if gone.empty:
        return
    plan.counts["ended"] += len(gone)
    plan.ended_records += _version_names(gone, "version")
    persons = state.persons_of(values(gone["record"]))
    children = set(gone.loc[gone["subject"] == "child", "record"])
    plan.touched |= {person for record, person in persons.items() if record in children}
    there = state.open_facts("person", pd.DataFrame({"record": list(persons), "subject_id": list(persons.values())}))
    again = [_ended(row, plan) for row in there.itertuples(index=False) if _runs_on(row, plan.scope.as_at)]
    if again:
        plan.facts = pd.concat([plan.facts, pd.DataFrame(again)], ignore_index=True)


def _runs_on(row: Any, as_at: date) -> bool:
    until = row.properties.get("to")
    return row.type != "RESPONSIBILITY_OF" and (until is None or until > as_at)


def _ended(row: Any, plan: Plan) -> dict[str, Any]:
    """An open fact as it stands after its end; the open one is ended in this run."""
    plan.ended_facts.append(("person", row.subject_id, row.fact_id))
    until = max(plan.scope.as_at, row.properties.get("from") or plan.scope.as_at)
    return {
        **{name: row.properties.get(name) for name in (*_COMPARED_PROPERTIES, "carer_record")},
        "to": until,
        "fact_id": row.fact_id,
        "record": row.record,
        "type": row.type,
        "subject_kind": "person",
        "subject_id": row.subject_id,
        "target_id": row.target_id,
    }


# --- the rest ------------------------------------------------------------------------------------


def _keep_new_entities(plan: Plan, state: State) -> None:
    """Leaves in the plan the addresses that a kept fact points at and that are not there yet."""
    used = set(plan.facts.loc[plan.facts["type"] == "LIVES_AT", "target_id"])
    places = plan.entities[plan.entities["key"].isin(used)].drop_duplicates("key")
    there = state.existing("address", sorted(values(places["key"]))) if len(places) else set()
    codes = set(places["authority"].dropna())
    known = state.existing("authority", sorted(codes)) if codes else set()
    places = places[~places["key"].isin(there)].copy()
    places["authority"] = [code if code in known else None for code in values(places["authority"])]
    plan.entities = places.sort_values("key").reset_index(drop=True)


def _finish_records(plan: Plan) -> None:
    """Gives each record that is written what search and matching look it up by, and ends the version before it."""
    records = plan.records
    names = [values(records[name]) for name in NAMES]
    others = values(records["other_names"])
    people = records["subject"].isin(PERSON_SUBJECTS).tolist()
    parts = [
        (list(search_parts([*row[:-1], *(row[-1] or ())])) or None) if person else None
        for person, row in zip(people, zip(*names, others, strict=True), strict=True)
    ]
    records["search_names"] = pd.Series(parts, index=records.index, dtype=object)
    records["search_born"] = [
        born_words(born) if subject == "child" else None
        for subject, born in zip(values(records["subject"]), values(records["date_of_birth"]), strict=True)
    ]
    records["family_name_folded"] = [name or None for name in folded(records["family_name"])]
    records["record_version"] = _version_names(records, "version")
    plan.ended_records += _version_names(records[records["was"] > 0], "was")


def _version_names(records: pd.DataFrame, column: str) -> list[str]:
    """The record_version of each record, of the version in a column."""
    numbers = values(records[column])
    return [f"{record}/{number}" for record, number in zip(values(records["record"]), numbers, strict=True)]
