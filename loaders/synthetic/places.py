"""The invented country: towns, postcodes, schools, practices, services and the people who work in them."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.synthetic import fixed, names
from loaders.synthetic.identifiers import Ints, Texts, digits, landlines

STREET_KINDS = ("Road", "Street", "Close", "Avenue", "Lane", "Drive", "Way", "Gardens")
UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
CODE_POINT_COLUMNS = [
    "postcode", "quality", "easting", "northing", "country", "nhs_region", "nhs_ha", "county", "district", "ward",
]  # fmt: skip
POSTCODES_PER_OUTWARD = 3000
# For each kind: children of the town or authority to one school, and where it counts them.
SCHOOL_KINDS = {
    "primary": ("town", 600, 2001, 2, "Primary", 3, 11, "01", "Community School", "Primary School"),
    "secondary": ("town", 2600, 4001, 4, "Secondary", 11, 18, "34", "Academy Converter", "Academy"),
    "special": ("authority", 7000, 7001, 0, "Not applicable", 3, 19, "07", "Community Special School", "School"),
    "unit": ("authority", 30000, 1101, 0, "Not applicable", 11, 16, "14", "Pupil Referral Unit", "Centre"),
    "independent": ("authority", 5000, 6001, 0, "Not applicable", 4, 18, "11", "Other Independent School", "House"),
}


@dataclass(frozen=True)
class Blocks:
    """Rows of a table that belong to each owner: where they start and how many there are."""

    first: Ints
    count: Ints

    def pick(self, owner: Ints, uniform: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Ints:
        """One row of the owner's, for each owner asked."""
        return self.first[owner] + (uniform * self.count[owner]).astype(np.int64)


@dataclass(frozen=True)
class World:
    """Everything that is not a family."""

    towns: pd.DataFrame
    postcodes: pd.DataFrame
    schools: pd.DataFrame
    practices: pd.DataFrame
    services: pd.DataFrame
    staff: pd.DataFrame
    homes: Blocks
    school_blocks: dict[str, Blocks]
    practice_blocks: Blocks
    staff_blocks: Blocks

    def postcode_of(self, address: Ints) -> Texts:
        """The postcode of each address; an address is its postcode's row times 100 plus the house number."""
        return np.asarray(self.postcodes["postcode"].to_numpy(object)[address // 100], dtype=object)

    def service_row(self, service: str) -> int:
        """The row of a service."""
        return int(np.flatnonzero(self.services["service_id"].to_numpy(object) == service)[0])

    def address(self, number: int, street: str, town: str) -> int:
        """The address of a house in a street of the stories."""
        row = int(self.homes.first[self.town_row(town)]) + fixed.STREETS[town].index(street)
        return row * 100 + number

    def town_row(self, town: str) -> int:
        """The row of a town."""
        return int(np.flatnonzero(self.towns["town"].to_numpy(object) == town)[0])


def build(children: int, rng: np.random.Generator, postcodes: Path | None) -> World:
    """The world for that many children."""
    towns = _towns(children)
    codes, homes = _postcodes(towns, children, rng, postcodes)
    schools, school_blocks = _schools(towns, codes, homes, children, rng)
    practices, practice_blocks = _practices(towns, codes, homes, children, rng)
    services = _services(towns, codes, homes, rng)
    staff, staff_blocks = _staff(services, towns, children, rng)
    return World(towns, codes, schools, practices, services, staff, homes, school_blocks, practice_blocks, staff_blocks)


def _towns(children: int) -> pd.DataFrame:
    table = pd.DataFrame(names.rows("towns.csv"))
    table["authority"] = [[a.supplier for a in fixed.AUTHORITIES].index(name) for name in table["authority"]]
    kept = table.groupby("authority").head(max(3, children // 1200)).reset_index(drop=True)
    weight = kept["weight"].astype(float)
    kept["share"] = weight / weight.sum()
    return kept.drop(columns="weight")


def _blocks(counts: Ints) -> Blocks:
    return Blocks(np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)


def _postcodes(
    towns: pd.DataFrame, children: int, rng: np.random.Generator, source: Path | None
) -> tuple[pd.DataFrame, Blocks]:
    extra = np.array([len(fixed.STREETS.get(town, ())) for town in towns["town"]])
    counts = (np.ceil(towns["share"].to_numpy() * children / 8.6) + extra + 4).astype(np.int64)
    town = np.repeat(np.arange(len(towns)), counts)
    within = np.arange(len(town)) - np.repeat(np.cumsum(counts) - counts, counts)
    frame = pd.DataFrame({"town": town})
    if source is None:
        frame["postcode"] = _invented_postcodes(towns, town, within)
        centre = rng.integers((400_000, 300_000), (480_000, 380_000), size=(len(towns), 2))
        spot = centre[town] + rng.integers(-4000, 4000, size=(len(town), 2))
        frame["easting"], frame["northing"] = spot[:, 0], spot[:, 1]
    else:
        given = _given_postcodes(source, len(town))
        frame["postcode"], frame["easting"], frame["northing"] = given["postcode"], given["easting"], given["northing"]
    frame["quality"] = 10
    frame["country"] = "E92000001"
    frame["nhs_region"], frame["nhs_ha"] = "E19000901", "E18000901"
    counties = np.array([a.county for a in fixed.AUTHORITIES], dtype=object)
    frame["county"] = counties[towns["authority"].to_numpy()[town]]
    frame["district"] = towns["district"].to_numpy(object)[town]
    frame["ward"] = "E05" + (900_000 + town).astype(str).astype(object)
    frame["street"] = _streets(towns, town, within, rng)
    return frame, _blocks(counts)


def _streets(towns: pd.DataFrame, town: Ints, within: Ints, rng: np.random.Generator) -> Texts:
    stems = np.array([row["stem"] for row in names.rows("streets.csv")], dtype=object)
    kinds = np.array(STREET_KINDS, dtype=object)
    street = stems[rng.integers(0, len(stems), len(town))] + " " + kinds[rng.integers(0, len(kinds), len(town))]
    for row, name in enumerate(towns["town"]):
        start = np.flatnonzero(town == row)[0]
        for offset, fixed_street in enumerate(fixed.STREETS.get(name, ())):
            street[start + offset] = fixed_street
    return np.asarray(street, dtype=object)


def _invented_postcodes(towns: pd.DataFrame, town: Ints, within: Ints) -> Texts:
    authority = towns["authority"].to_numpy()
    needed = np.ceil(np.bincount(town) / POSTCODES_PER_OUTWARD).astype(np.int64)
    start = np.zeros(len(towns), dtype=np.int64)
    for code in range(len(fixed.AUTHORITIES)):
        mask = authority == code
        start[mask] = 1 + np.cumsum(needed[mask]) - needed[mask]
    area = np.array([a.area for a in fixed.AUTHORITIES], dtype=object)[authority[town]]
    outward = (start[town] + within // POSTCODES_PER_OUTWARD).astype(str).astype(object)
    place = within % POSTCODES_PER_OUTWARD
    # 20 by 20 unit letters; a stride that shares no factor with 400 spreads neighbours apart.
    unit = place // 10 * 147 % 400
    letters = np.array(list(UNIT_LETTERS), dtype=object)
    sector = (place % 10).astype(str).astype(object)
    return np.asarray(area + outward + " " + sector + letters[unit // 20] + letters[unit % 20], dtype=object)


def _given_postcodes(source: Path, needed: int) -> pd.DataFrame:
    frames: list[pd.DataFrame] = []
    found = 0
    for data in _code_point_members(source):
        frame = pd.read_csv(io.BytesIO(data), header=None, names=CODE_POINT_COLUMNS, dtype=str, keep_default_na=False)
        frame = frame[frame["country"].str.startswith("E92")]
        frames.append(frame)
        found += len(frame)
        if found >= needed:
            break
    if found < needed:
        raise ValueError(f"{source.name} has {found} English postcodes; {needed} are needed.")
    return pd.concat(frames, ignore_index=True).head(needed)


def _code_point_members(source: Path) -> Iterator[bytes]:
    if not zipfile.is_zipfile(source):
        yield source.read_bytes()
        return
    with zipfile.ZipFile(source) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("Data/") and name.endswith(".csv"):
                yield archive.read(name)


def _schools(
    towns: pd.DataFrame, codes: pd.DataFrame, homes: Blocks, children: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, Blocks]]:
    stems = [row["stem"] for row in names.rows("school_names.csv")]
    found: list[dict[str, object]] = []
    blocks: dict[str, Blocks] = {}
    for kind, (scope, each, *_rest) in SCHOOL_KINDS.items():
        counts: list[int] = []
        owners = range(len(towns)) if scope == "town" else range(len(fixed.AUTHORITIES))
        for owner in owners:
            own_towns = towns.iloc[[owner]] if scope == "town" else towns[towns["authority"] == owner]
            planted = [s for s in fixed.SCHOOLS if s.kind == kind and s.town in set(own_towns["town"])]
            wanted = max(1, len(planted), round(float(own_towns["share"].sum()) * children / each))
            counts.append(wanted)
            found += [_planted_school(school, towns) for school in planted]
            for _ in range(wanted - len(planted)):
                town = int(own_towns.index[int(rng.integers(len(own_towns)))])
                found.append({"kind": kind, "town": town, "stem": stems[rng.integers(len(stems))]})
        shift = len(found) - sum(counts)
        block = _blocks(np.array(counts, dtype=np.int64))
        blocks[kind] = Blocks(block.first + shift, block.count)
    return _described_schools(pd.DataFrame(found), towns, codes, homes, rng), blocks


def _planted_school(school: fixed.School, towns: pd.DataFrame) -> dict[str, object]:
    town = int(np.flatnonzero(towns["town"].to_numpy(object) == school.town)[0])
    return {
        "kind": school.kind, "town": town, "stem": "", "name": school.name, "phone": school.phone,
        "street": school.street,
    }  # fmt: skip


def _described_schools(
    frame: pd.DataFrame, towns: pd.DataFrame, codes: pd.DataFrame, homes: Blocks, rng: np.random.Generator
) -> pd.DataFrame:
    count = len(frame)
    kinds = [SCHOOL_KINDS[kind] for kind in frame["kind"]]
    frame["authority"] = towns["authority"].to_numpy()[frame["town"].to_numpy()]
    # 900001 is Hillbrook: the first planted school of the first kind.
    frame["urn"] = 900_001 + np.arange(count)
    rank = frame.groupby(["authority", "kind"]).cumcount().to_numpy()
    frame["estab"] = np.array([kind[2] for kind in kinds]) + rank
    made = [stem + " " + kind[9] for stem, kind in zip(frame["stem"], kinds, strict=True)]
    frame["name"] = frame["name"].where(frame["name"].notna(), pd.Series(made, index=frame.index))
    phones = pd.Series(landlines(rng.integers(0, 1000, count)), index=frame.index)
    frame["phone"] = frame["phone"].where(frame["phone"].notna(), phones)
    home = homes.pick(frame["town"].to_numpy(), rng.random(count))
    for row in np.flatnonzero(frame["street"].notna().to_numpy()):
        town = int(frame["town"].iloc[row])
        home[row] = homes.first[town] + fixed.STREETS[towns["town"].iloc[town]].index(str(frame["street"].iloc[row]))
    frame["postcode_row"] = home
    frame["street"] = codes["street"].to_numpy(object)[home]
    frame["opened"] = pd.to_datetime("1950-01-01") + pd.to_timedelta(rng.integers(0, 24_000, count), unit="D")
    frame["closed"] = False
    return frame


def _practices(
    towns: pd.DataFrame, codes: pd.DataFrame, homes: Blocks, children: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, Blocks]:
    counts = np.maximum(1, np.round(towns["share"].to_numpy() * children / 1700)).astype(np.int64)
    for practice in fixed.PRACTICES:
        row = int(np.flatnonzero(towns["town"].to_numpy(object) == practice.town)[0])
        counts[row] = max(counts[row], 2)
    blocks = _blocks(counts)
    town = np.repeat(np.arange(len(towns)), counts)
    home = homes.pick(town, rng.random(len(town)))
    endings = np.array(["Surgery", "Medical Centre", "Health Centre", "Practice"], dtype=object)
    frame = pd.DataFrame({"town": town, "postcode_row": home})
    frame["name"] = codes["street"].to_numpy(object)[home] + " " + endings[rng.integers(0, 4, len(town))]
    frame["phone"] = landlines(rng.integers(0, 1000, len(town)))
    frame["code"] = "Z" + (90_001 + np.arange(len(town))).astype(str).astype(object)
    for practice in fixed.PRACTICES:
        row = int(np.flatnonzero(towns["town"].to_numpy(object) == practice.town)[0])
        first = int(blocks.first[row])
        street = homes.first[row] + fixed.STREETS[practice.town].index(practice.street)
        frame.loc[first, ["name", "phone", "postcode_row"]] = [practice.name, practice.phone, street]
    frame["postcode_row"] = frame["postcode_row"].astype(np.int64)
    return frame, blocks


def _services(towns: pd.DataFrame, codes: pd.DataFrame, homes: Blocks, rng: np.random.Generator) -> pd.DataFrame:
    found: list[dict[str, object]] = []
    for number, authority in enumerate(fixed.AUTHORITIES):
        own = towns.index[towns["authority"] == number]
        for kind in fixed.KINDS:
            for town in own if kind.each_town else own[:1]:
                place = str(towns["town"].iloc[town])
                key = fixed.service_id(authority.short, kind.code, place if kind.each_town else "")
                found.append(_service(kind, authority, number, int(town), key, place))
    frame = pd.DataFrame(found)
    phone = landlines(rng.integers(0, 1000, len(frame)))
    given = [fixed.PHONES.get(key, (phone[row], "")) for row, key in enumerate(frame["service_id"])]
    frame["phone"], frame["out_of_hours"] = [g[0] for g in given], [g[1] for g in given]
    home = homes.pick(frame["town"].to_numpy(), rng.random(len(frame)))
    frame["postcode_row"] = home
    frame["number"] = rng.integers(1, 90, len(frame))
    return frame


def _service(
    kind: fixed.Kind, authority: fixed.Authority, number: int, town: int, key: str, place: str
) -> dict[str, object]:
    name = kind.name.format(town=place)
    # The charity that works in the other authority has a name of its own.
    if kind.kind == "voluntary" and authority.short != "NS":
        name = "Compass Young People"
    supplier = authority.supplier if kind.supplier == fixed.COUNCIL else kind.supplier
    if kind.supplier == fixed.VISITING and authority.short != "NS":
        supplier = fixed.TRUST
    organisation = authority.council if kind.organisation == fixed.COUNCIL else kind.organisation
    return {
        "service_id": key, "kind": kind.kind, "name": name, "organisation": organisation.format(name=authority.name),
        "supplier": supplier, "authority": number, "town": town, "statutory": kind.statutory,
        "each_town": kind.each_town, "children_each": kind.children_each, "role": kind.roles[0],
        "email": f"{key.lower()}@{supplier}.example",
    }  # fmt: skip


def _staff(
    services: pd.DataFrame, towns: pd.DataFrame, children: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, Blocks]:
    share = np.where(
        services["each_town"],
        towns["share"].to_numpy()[services["town"].to_numpy()],
        [float(towns.loc[towns["authority"] == a, "share"].sum()) for a in services["authority"]],
    )
    # About two children in a hundred are with any one kind of targeted service; universal teams see far more each.
    counts = np.clip(np.ceil(share * children * 0.02 / services["children_each"].to_numpy()), 2, 400).astype(np.int64)
    service = np.repeat(np.arange(len(services)), counts)
    rank = np.arange(len(service)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    culture = rng.choice(len(names.CULTURES) - 1, len(service), p=np.array(names.SHARES[:-1]) / sum(names.SHARES[:-1]))
    first = names.forenames(culture, rng.random(len(service)) < 0.3, rng)
    last = names.surnames(culture, rng)
    frame = pd.DataFrame({"service": service, "name": first + " " + last})
    frame["code"] = services["service_id"].to_numpy(object)[service] + "-" + digits(rank, 3)
    frame["role"] = services["role"].to_numpy(object)[service]
    supplier = services["supplier"].to_numpy(object)[service]
    frame["supplier"] = supplier
    # No register of any profession issues numbers that begin so.
    registered = services["kind"].isin(["social_care", "fostering", "health_visiting", "school_nursing", "therapy"])
    number = "INV" + digits(np.arange(len(service)), 6)
    frame["registration"] = np.where(registered.to_numpy()[service], number, "")
    frame["phone"] = landlines(rng.integers(0, 1000, len(service)))
    frame["email"] = np.char.lower(frame["code"].to_numpy(str)).astype(object) + "@" + supplier + ".example"
    return _with_planted_staff(frame, services), _blocks(counts)


def _with_planted_staff(frame: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    keys = list(services["service_id"])
    planted = pd.DataFrame(
        [
            {
                "service": keys.index(p.service_id) if p.service_id in keys else -1, "name": p.name, "code": p.code,
                "role": p.role, "supplier": p.supplier, "registration": f"INV{900_000 + row}", "phone": p.phone,
                "email": p.email,
            }
            for row, p in enumerate(fixed.PRACTITIONERS)
        ]
    )  # fmt: skip
    return pd.concat([frame, planted], ignore_index=True)


def planted_staff_row(world: World, code: str) -> int:
    """The row of a practitioner of the stories."""
    return int(np.flatnonzero(world.staff["code"].to_numpy(object) == code)[0])


def write_csv_text(header: list[str], rows: list[list[object]], *, quoting: int = csv.QUOTE_MINIMAL) -> str:
    """A small table as CSV text with CRLF, as registers publish it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting, lineterminator="\r\n")  # type: ignore[arg-type]
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
