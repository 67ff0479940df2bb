"""Who works with which child, as each body's own case system says it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from loaders.synthetic import calendar, errors, fixed, rates
from loaders.synthetic.desk import Desk, child_ids, lettered
from loaders.synthetic.files import Sink, take
from loaders.synthetic.identifiers import Ints, Texts, scrambled
from loaders.synthetic.places import World
from loaders.synthetic.population import YEAR, Chunk, Flags, Rng

SENSITIVE = ("sexual_health", "mental_health", "substance_misuse")
BY_CONSENT = ("early_help", "youth_service", "housing", "voluntary", "domestic_abuse", "early_years")
# Targeted kinds: how common, and at which ages.
TARGETED = {
    "early_help": (0.30, 0, 18), "send_support": (0.18, 3, 18), "therapy": (0.17, 1, 12),
    "education_welfare": (0.10, 5, 17), "youth_service": (0.08, 11, 18), "housing": (0.06, 0, 18),
    "voluntary": (0.12, 5, 18), "hospital": (0.06, 0, 18), "mental_health": (0.08, 9, 18),
    "domestic_abuse": (0.04, 0, 18), "substance_misuse": (0.02, 13, 18), "sexual_health": (0.02, 14, 18),
}  # fmt: skip
STATUTORY = {"social_care": (0.80, 0, 18), "youth_justice": (0.14, 10, 18), "police": (0.06, 4, 18)}
# Of each supplier's rows: the share with an NHS number, with a UPN, with a postcode, and with a practitioner named.
FILLED = {
    fixed.TRUST: (0.97, 0.75, 0.98, 0.6), fixed.VISITING: (0.98, 0.0, 0.98, 0.7),
    fixed.JUSTICE: (0.30, 0.30, 0.95, 0.98),
    "hillbrook": (0.0, 1.0, 1.0, 1.0), fixed.HARBOUR: (0.10, 0.0, 0.95, 0.98), fixed.HAVEN: (0.0, 0.0, 0.0, 0.9),
}  # fmt: skip
COUNCIL_FILLED = (0.55, 0.60, 0.97, 0.95)
PATCHY = ("social_care", "fostering", "youth_justice", "police", "domestic_abuse", "substance_misuse")
STALE_DAYS = 310
COLUMNS = [
    "INVOLVEMENT_ID",
    "SERVICE_ID",
    "NHS_NUMBER",
    "UPN",
    "LOCAL_ID",
    "SURNAME",
    "FORENAMES",
    "DOB",
    "SEX",
    "POSTCODE",
    "PRACTITIONER_ID",
    "PRACTITIONER_NAME",
    "ROLE",
    "REGISTRATION_NO",
    "PHONE",
    "EMAIL",
    "LEAD_PROFESSIONAL",
    "START_DATE",
    "END_DATE",
    "BASIS",
    "CONSENT_DATE",
]


def suppliers() -> list[str]:
    """Everybody who sends involvements."""
    councils = [a.supplier for a in fixed.AUTHORITIES]
    return [*councils, fixed.TRUST, fixed.VISITING, fixed.JUSTICE, fixed.HARBOUR, fixed.HAVEN, "hillbrook"]


@dataclass
class Cases:
    """Involvements being gathered: whose, which kind, where, and from when to when."""

    chunk: Chunk
    world: World
    as_at: int
    rng: Rng
    frames: list[pd.DataFrame]
    services: dict[str, Ints]  # for each kind, the service of each town

    def add(self, rows: Ints, kind: str, *, start: Ints, end: Ints, old: bool = False) -> None:
        """Add an involvement of that kind for those children, with the service of their area (or earlier area)."""
        if not len(rows):
            return
        children = self.chunk.children
        place = children["town_old" if old else "town"].to_numpy()[rows]
        service = self.services[kind][place]
        frame = pd.DataFrame({"child": rows, "service": service, "start": start, "end": end})
        frame["old"] = old
        self.frames.append(frame)


def gather(chunk: Chunk, world: World, as_at: int, rng: Rng) -> pd.DataFrame:
    """The involvements of a chunk's children, row by row, in the order of the children."""
    services = {kind: _service_table(world, kind) for kind in world.services["kind"].unique()}
    cases = Cases(chunk, world, as_at, rng, [], services)
    _universal(cases)
    _some(cases, rates.TARGETED, TARGETED)
    _some(cases, rates.STATUTORY, STATUTORY)
    _known_to_duty(cases)
    _left_behind(cases)
    frame = pd.concat(cases.frames, ignore_index=True)
    frame = frame[frame["start"] <= as_at - 3].drop_duplicates(["child", "service"])
    frame = _ended_with_the_child(frame, chunk)
    frame = frame.sort_values(["child", "service"], ignore_index=True, kind="stable")
    return pd.concat([_described(frame, chunk, world, as_at, rng), _class(chunk, world)], ignore_index=True)


def _class(chunk: Chunk, world: World) -> pd.DataFrame:
    """The class that Dawn Okoro of the stories teaches, as her school's own system has it."""
    children = chunk.children
    rows = np.flatnonzero((children["school"] == 0) & (children["year_group"] == 5))
    staff = np.flatnonzero(world.staff["supplier"].to_numpy(object) == "hillbrook")[0]
    entered = children["entered"].to_numpy()[rows]
    frame = pd.DataFrame({"child": rows, "service": -1, "start": entered, "end": 0, "old": False})
    return frame.assign(
        supplier="hillbrook", practitioner=staff, basis="public_task", consent=0, lead=False, kind="school", serial=0
    )


def _service_table(world: World, kind: str) -> Ints:
    """The row of the service of that kind for each town."""
    services = world.services[world.services["kind"] == kind]
    table = np.zeros(len(world.towns), dtype=np.int64)
    authority = world.towns["authority"].to_numpy()
    for row in services.index:
        service = services.loc[row]
        mine = np.arange(len(table)) == service["town"] if service["each_town"] else authority == service["authority"]
        table[mine] = int(row)
    return table


def _ages(cases: Cases) -> npt.NDArray[np.float64]:
    return np.asarray((cases.as_at - cases.chunk.children["born"].to_numpy()) / YEAR, dtype=np.float64)


def _universal(cases: Cases) -> None:
    children, age = cases.chunk.children, _ages(cases)
    born, moved = children["born"].to_numpy(), children["moved_on"].to_numpy()
    stale = (cases.world.towns["authority"].to_numpy()[children["town"].to_numpy()] == 0) * STALE_DAYS
    small = np.flatnonzero((age - stale / YEAR < 5) & (cases.rng.random(len(age)) < 0.95))
    start = np.maximum(born[small], moved[small]) + 12
    cases.add(small, "health_visiting", start=start, end=np.zeros(len(small), dtype=np.int64))
    pupils = np.flatnonzero(
        (children["school"] >= 0).to_numpy() & ~children["independent"].to_numpy() & (cases.rng.random(len(age)) < 0.92)
    )
    start = np.minimum(children["entered"].to_numpy()[pupils] + 10, cases.as_at - 30)
    cases.add(pupils, "school_nursing", start=start, end=np.zeros(len(pupils), dtype=np.int64))
    nursery = np.flatnonzero((age > 2) & (age < 4) & (cases.rng.random(len(age)) < 0.35))
    start = cases.as_at - cases.rng.integers(40, 500, len(nursery))
    cases.add(nursery, "early_years", start=start, end=np.zeros(len(nursery), dtype=np.int64))


def _some(cases: Cases, share: float, kinds: dict[str, tuple[float, int, int]]) -> None:
    """A share of the children have one or more of those kinds, chosen by weight among what suits their age."""
    children, age = cases.chunk.children, _ages(cases)
    chosen = np.flatnonzero(cases.rng.random(len(children)) < share)
    weight = np.array([each[0] for each in kinds.values()])
    suits = np.array([(age[chosen] >= low) & (age[chosen] < high) for _, low, high in kinds.values()]).T * weight
    cumulated = np.cumsum(suits, axis=1) / np.maximum(suits.sum(axis=1, keepdims=True), 1e-9)
    for turn, goes_on in enumerate((1.0, 0.42, 0.18, 0.06)):
        on = cases.rng.random(len(chosen)) < goes_on if turn else np.ones(len(chosen), dtype=bool)
        pick = (cumulated <= cases.rng.random((len(chosen), 1))).sum(axis=1)
        for number, kind in enumerate(kinds):
            rows = chosen[on & (pick == number)]
            start, end = _span(cases, rows)
            cases.add(rows, kind, start=start, end=end)
        if kinds is STATUTORY:
            break


def _span(cases: Cases, rows: Ints) -> tuple[Ints, Ints]:
    born = cases.chunk.children["born"].to_numpy()[rows]
    start = cases.as_at - 10 - cases.rng.exponential(420, len(rows)).astype(np.int64)
    start = np.maximum(start, born + 20)
    end = start + cases.rng.integers(60, 500, len(rows))
    ended = (cases.rng.random(len(rows)) < 0.45) & (end < cases.as_at - 5)
    return start, np.where(ended, end, 0)


def _known_to_duty(cases: Cases) -> None:
    """Children in care have a social worker and a fostering team; the home-educated are known to the council."""
    children = cases.chunk.children
    care = np.flatnonzero(children["foster"].to_numpy())
    since = np.maximum(children["moved_on"].to_numpy()[care], children["born"].to_numpy()[care] + 5)
    none = np.zeros(len(care), dtype=np.int64)
    cases.add(care, "social_care", start=since, end=none)
    cases.add(care, "fostering", start=since, end=none)
    home = np.flatnonzero(children["home_educated"].to_numpy())
    start = cases.as_at - cases.rng.integers(60, 900, len(home))
    cases.add(home, "education_welfare", start=start, end=np.zeros(len(home), dtype=np.int64))


def _left_behind(cases: Cases) -> None:
    """What the earlier authority still has of those who moved away: ended, with the old address."""
    children = cases.chunk.children
    crossed = (children["authority"] != children["authority_old"]).to_numpy()
    moved, born = children["moved_on"].to_numpy(), children["born"].to_numpy()
    age = (moved - born) / YEAR
    for kind, low, high, share in (
        ("health_visiting", 0.2, 5, 0.8), ("school_nursing", 5, 16, 0.7), ("early_help", 0.5, 17, 0.12),
        ("social_care", 0.5, 17, 0.07),
    ):  # fmt: skip
        rows = np.flatnonzero(crossed & (age > low) & (age < high) & (cases.rng.random(len(age)) < share))
        start = np.maximum(born[rows] + 15, moved[rows] - cases.rng.integers(60, 600, len(rows)))
        cases.add(rows, kind, start=start, end=np.maximum(moved[rows], start + 1), old=True)


def _ended_with_the_child(frame: pd.DataFrame, chunk: Chunk) -> pd.DataFrame:
    gone = chunk.children["gone_on"].to_numpy()[frame["child"].to_numpy()]
    start, end = frame["start"].to_numpy(), frame["end"].to_numpy()
    frame["end"] = np.where((gone > 0) & ((end == 0) | (end > gone)), np.maximum(gone, start + 1), end)
    kept: pd.DataFrame = frame.loc[(gone == 0) | (start < gone)].copy()
    return kept


def _described(frame: pd.DataFrame, chunk: Chunk, world: World, as_at: int, rng: Rng) -> pd.DataFrame:
    service = frame["service"].to_numpy()
    kind = world.services["kind"].to_numpy(object)[service]
    count = len(frame)
    frame["supplier"] = world.services["supplier"].to_numpy(object)[service]
    frame["practitioner"] = world.staff_blocks.pick(service, rng.random(count))
    consent = np.isin(kind, BY_CONSENT) | (np.isin(kind, SENSITIVE) & (rng.random(count) < 0.8))
    harm = np.isin(kind, SENSITIVE) & ~consent
    # A few break the rule for sensitive kinds, and are to be refused.
    broken = np.isin(kind, SENSITIVE) & (rng.random(count) < 0.02)
    basis = np.where(consent, "consent", np.where(harm, "significant_harm", "public_task"))
    frame["basis"] = np.where(broken, "public_task", basis).astype(object)
    frame["consent"] = np.where(consent & ~broken, frame["start"], 0)
    current = frame["end"].to_numpy() == 0
    social, helped = (kind == "social_care") & current, (kind == "early_help") & current
    with_social = np.isin(frame["child"].to_numpy(), frame["child"].to_numpy()[social])
    frame["lead"] = (social & (rng.random(count) < 0.8)) | (helped & ~with_social & (rng.random(count) < 0.3))
    frame["kind"] = kind
    frame["serial"] = frame.groupby("child").cumcount() + 1
    return frame


def as_of(frame: pd.DataFrame, day: int) -> pd.DataFrame:
    """What the rows said on an earlier day."""
    known = frame[frame["start"] <= day].copy()
    known.loc[known["end"] > day, "end"] = 0
    return known


def write(sinks: dict[str, Sink], frame: pd.DataFrame, chunk: Chunk, desk: Desk) -> None:
    """Every supplier's rows into its own file."""
    for supplier, sink in sinks.items():
        rows = frame[frame["supplier"] == supplier].reset_index(drop=True)
        if supplier == fixed.VISITING:
            rows = as_of(rows, desk.as_at - STALE_DAYS).reset_index(drop=True)
        columns, keys = columns_of(rows, chunk, supplier, desk.for_feed(supplier))
        sink.table(columns, rows=len(rows))
        people = child_ids(chunk.children["person"].to_numpy()[rows["child"].to_numpy(np.int64)])
        desk.remember("involvements", supplier, keys, people)


def columns_of(rows: pd.DataFrame, chunk: Chunk, supplier: str, desk: Desk) -> tuple[dict[str, object], Texts]:
    """The columns of these rows, and the key of each."""
    count = len(rows)
    child = rows["child"].to_numpy(np.int64)
    children = _at_the_time(chunk.children.iloc[child].reset_index(drop=True), rows)
    patchy = np.isin(rows["kind"].to_numpy(object), PATCHY)
    seen = _seen(children, patchy, desk)
    has_nhs, has_upn, has_postcode, named = FILLED.get(supplier, COUNCIL_FILLED)
    nhs = np.where(_filled(rows, "with_nhs", has_nhs, desk), _borrowed_nhs(chunk, child, seen), "")
    upn = np.where(_filled(rows, "with_upn", has_upn, desk), children["upn"].to_numpy(object), "")
    staff = np.where(_filled(rows, "named", named, desk), rows["practitioner"], -1).astype(np.int64)
    keep_place = desk.some(count, has_postcode) & ~children["shielded"].to_numpy()
    address = np.where(keep_place, seen.address, -1).astype(np.int64)
    keys = _keys(children, rows, supplier)
    service = rows["service"].to_numpy(np.int64)
    services = desk.world.services["service_id"].to_numpy(object)
    end = rows["end"].to_numpy(np.int64)
    consent = rows["consent"].to_numpy(np.int64)
    columns: dict[str, object] = {
        "INVOLVEMENT_ID": keys, "SERVICE_ID": take(services, service, fixed.HILLBROOK),
        "NHS_NUMBER": nhs.astype(object),
        "UPN": upn.astype(object), "LOCAL_ID": _local_ids(children, supplier), "SURNAME": seen.family,
        "FORENAMES": seen.forename, "DOB": calendar.iso(seen.born), "SEX": lettered(children["male"].to_numpy()),
        "POSTCODE": desk.postcodes(address),
        **_practitioner(desk, staff),
        "LEAD_PROFESSIONAL": np.where(rows["lead"] & (staff >= 0), "Y", "").astype(object),
        "START_DATE": calendar.iso(rows["start"].to_numpy(np.int64)), "END_DATE": calendar.iso(end, end > 0),
        "BASIS": rows["basis"].to_numpy(object), "CONSENT_DATE": calendar.iso(consent, consent > 0),
    }  # fmt: skip
    return columns, keys


def _at_the_time(children: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The children as they were when what is over was going on elsewhere: at the earlier address."""
    old = rows["old"].to_numpy(bool) & (children["address_old"].to_numpy() >= 0)
    children["address"] = np.where(old, children["address_old"], children["address"])
    return children


def _seen(children: pd.DataFrame, patchy: Flags, desk: Desk) -> errors.Seen:
    """As seen with the usual errors, or with the many of those who meet families in trouble."""
    usual = errors.blur(children, desk.level(rates.USUAL), desk.world, desk.rng)
    worse = errors.blur(children, desk.level(rates.PATCHY), desk.world, desk.rng)
    chosen = {
        name: np.where(patchy, getattr(worse, name), getattr(usual, name)) for name in errors.Seen.__annotations__
    }
    return errors.Seen(**chosen)


def _borrowed_nhs(chunk: Chunk, child: Ints, seen: errors.Seen) -> Texts:
    """The NHS number, but for some that of a twin or of somebody else."""
    nhs = chunk.children["nhs"].to_numpy(object)
    twin = chunk.children["twin_of"].to_numpy()[child]
    other = np.where(twin >= 0, twin, child[np.maximum(seen.borrowed, 0)])
    return np.asarray(nhs[np.where(seen.borrowed >= 0, other, child)], dtype=object)


def _filled(rows: pd.DataFrame, column: str, share: float, desk: Desk) -> Flags:
    """Which rows have that column filled: by chance, or as a story says where its supplier has such a column at all."""
    if not desk.faultless:
        return desk.some(len(rows), share)
    return np.asarray(rows[column].to_numpy(bool) & (share > 0 or column == "with_nhs"), dtype=np.bool_)


def _practitioner(desk: Desk, staff: Ints) -> dict[str, object]:
    table = desk.world.staff
    names = {
        "PRACTITIONER_ID": "code", "PRACTITIONER_NAME": "name", "ROLE": "role", "REGISTRATION_NO": "registration",
        "PHONE": "phone", "EMAIL": "email",
    }  # fmt: skip
    return {column: take(table[name].to_numpy(object), staff) for column, name in names.items()}


def _keys(children: pd.DataFrame, rows: pd.DataFrame, supplier: str) -> Texts:
    number = scrambled(children["person"].to_numpy(np.int64), supplier)
    return np.asarray(number + "-" + rows["serial"].to_numpy(np.int64).astype(str).astype(object), dtype=object)


def _local_ids(children: pd.DataFrame, supplier: str) -> Texts:
    return np.asarray(scrambled(children["person"].to_numpy(np.int64), supplier + "/local"), dtype=object)
