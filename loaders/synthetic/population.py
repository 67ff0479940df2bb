"""Families: who was born to whom, where they live, where they learn, and what happened to them."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from loaders.synthetic import calendar, fixed, names, rates
from loaders.synthetic.identifiers import Ints, Texts, mobiles, ninos, upns
from loaders.synthetic.places import World

Flags = npt.NDArray[np.bool_]
Rng = np.random.Generator

COUPLE, MOTHER_ALONE, STEP, FATHER_ALONE, KINSHIP, FOSTER = range(6)
# For each household: who is the first carer, the second at home (and how often there is one), the parent elsewhere.
SLOTS = {
    COUPLE: (("MTH", 1.0), ("FTH", 1.0), ("", 0.0)),
    MOTHER_ALONE: (("MTH", 1.0), ("", 0.0), ("FTH", 0.6)),
    STEP: (("MTH", 1.0), ("STPPRN", 1.0), ("FTH", 0.7)),
    FATHER_ALONE: (("FTH", 1.0), ("", 0.0), ("MTH", 0.5)),
    KINSHIP: (("GRMTH", 1.0), ("GRFTH", 0.4), ("MTH", 0.8)),
    FOSTER: (("PRNFOST", 1.0), ("PRNFOST", 0.7), ("MTH", 0.9)),
}
WOMEN = ("MTH", "GRMTH")
YEAR = 365.25


@dataclass
class Chunk:
    """Some families, row by row: bonds say which adult cares for which child, by row numbers."""

    children: pd.DataFrame
    adults: pd.DataFrame
    bonds: pd.DataFrame


@dataclass
class Issued:
    """What has been given out so far, so that no number is given twice."""

    nhs: Texts
    as_at: int
    people: int = 0
    adults: int = 0
    households: int = 0
    nhs_used: int = 0
    serials: dict[int, int] = field(default_factory=dict)

    def next_nhs(self, count: int) -> Texts:
        """NHS numbers that nobody has yet."""
        self.nhs_used += count
        return self.nhs[self.nhs_used - count : self.nhs_used]


def draw(world: World, count: int, issued: Issued, rng: Rng) -> Chunk:
    """Families with exactly that many children."""
    homes = _households(world, count, issued, rng)
    children = _born(homes, count, issued, rng)
    adults, slots = _adults(homes, children, issued, rng)
    _name(children, homes, adults, slots, rng)
    _events(children, homes, issued, rng)
    _house(children, homes, world, issued, rng)
    bonds = _bonds(children, homes, slots)
    _child_mothers(children, adults, bonds, issued, rng)
    _learn(children, world, issued, rng)
    _register(children, world, rng)
    _number(children, world, issued, rng)
    return Chunk(children, adults, bonds)


def _households(world: World, count: int, issued: Issued, rng: Rng) -> pd.DataFrame:
    sizes = rng.choice(np.arange(1, 6), size=count, p=rates.SIBSHIPS)
    total = np.cumsum(sizes)
    last = int(np.searchsorted(total, count))
    sizes = sizes[: last + 1].copy()
    sizes[-1] -= int(total[last]) - count
    many = len(sizes)
    town = rng.choice(len(world.towns), size=many, p=world.towns["share"].to_numpy())
    frame = pd.DataFrame({"size": sizes, "town": town})
    frame["culture"] = rng.choice(len(names.CULTURES), size=many, p=np.array(names.SHARES) / sum(names.SHARES))
    frame["type"] = rng.choice(6, size=many, p=[0.655, 0.205, 0.09, 0.032, rates.KINSHIP, rates.FOSTERED])
    frame["family_f"] = names.surnames(frame["culture"].to_numpy(), rng)
    frame["family_m"] = names.surnames(frame["culture"].to_numpy(), rng)
    frame["frail"] = np.where(rng.random(many) < rates.FRAIL_SHARE, *reversed(rates.FRAIL_FACTORS))
    frame["address"] = world.homes.pick(town, rng.random(many)) * 100 + rng.integers(1, 90, many)
    frame["moved"] = rng.random(many) < rates.MOVED * 1.3
    frame["moved_on"] = issued.as_at - rng.integers(60, int(8 * YEAR), many)
    frame["town_old"] = _earlier_towns(world, town, rng)
    frame["address_old"] = world.homes.pick(frame["town_old"].to_numpy(), rng.random(many)) * 100 + rng.integers(
        1, 90, many
    )
    frame["shielded"] = rng.random(many) < rates.SHIELDED
    frame["renamed"] = rng.random(many) < rates.RENAMED
    frame["household"] = issued.households + np.arange(many)
    issued.households += many
    return frame


def _earlier_towns(world: World, town: Ints, rng: Rng) -> Ints:
    """Mostly the same town, sometimes another of the authority, sometimes another authority."""
    where = rng.random(len(town))
    authority = world.towns["authority"].to_numpy()
    other = rng.choice(len(world.towns), size=len(town), p=world.towns["share"].to_numpy())
    crosses = authority[other] != authority[town]
    elsewhere = np.where(crosses, where < rates.MOVED_AUTHORITY * 2, where < 0.45)
    return np.asarray(np.where(elsewhere, other, town), dtype=np.int64)


def _born(homes: pd.DataFrame, count: int, issued: Issued, rng: Rng) -> pd.DataFrame:
    sizes = homes["size"].to_numpy()
    home = np.repeat(np.arange(len(homes)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    rank = np.arange(count) - first
    twin = _twin_positions(sizes, home, rank, rng)
    gap = np.where((rank == 0) | twin, 0.0, rng.gamma(2.2, 1.15, count) + 0.9)
    offset = np.cumsum(gap) - np.cumsum(gap)[first]
    span = np.maximum.reduceat(offset, np.cumsum(sizes) - sizes)
    shrink = np.minimum(1.0, 16.5 / np.maximum(span, 0.1))[home]
    offset, span = offset * shrink, span * shrink[np.cumsum(sizes) - sizes]
    earliest = calendar.years_before(issued.as_at, 18) + 1
    window = (issued.as_at - 60 - earliest) / YEAR
    start = (rng.random(len(sizes)) * (window - span))[home]
    frame = pd.DataFrame({"home": home, "rank": rank})
    frame["born"] = (earliest + ((start + offset) * YEAR).astype(np.int64)).astype(np.int64)
    frame["culture"] = homes["culture"].to_numpy()[home]
    frame["frail"] = homes["frail"].to_numpy()[home]
    frame["household"] = homes["household"].to_numpy()[home]
    sex = rng.random(count) < 0.512
    same = rng.random(count) < 0.64
    frame["male"] = sex
    for _ in range(2):  # a triplet follows the second, who follows the first
        before = np.concatenate([[False], frame["male"].to_numpy()[:-1]])
        frame["male"] = np.where(twin & same, before, frame["male"])
    frame["person"] = issued.people + np.arange(count)
    issued.people += count
    return _with_multiples(frame, twin)


def _twin_positions(sizes: Ints, home: Ints, rank: Ints, rng: Rng) -> Flags:
    """Whether each child is born with the one before."""
    chance = rng.random(len(sizes)) < rates.MULTIPLES_PER_SIBSHIP
    place = 1 + (rng.random(len(sizes)) * np.maximum(sizes - 1, 1)).astype(np.int64)
    triplet = rng.random(len(sizes)) < 0.03
    twin = chance[home] & (sizes[home] > 1) & (rank == place[home])
    third = chance[home] & triplet[home] & (rank == place[home] + 1)
    return np.asarray(twin | third, dtype=np.bool_)


def _with_multiples(frame: pd.DataFrame, twin: Flags) -> pd.DataFrame:
    starts = np.where(twin, 0, np.arange(len(frame)))
    lead = np.maximum.accumulate(starts)
    together = np.bincount(lead, minlength=len(frame))
    frame["maternity"] = together[lead]
    frame["order"] = np.arange(len(frame)) - lead + 1
    frame["twin_of"] = np.where(twin, lead, -1)
    return frame


def _adults(
    homes: pd.DataFrame, children: pd.DataFrame, issued: Issued, rng: Rng
) -> tuple[pd.DataFrame, list[tuple[Texts, Ints]]]:
    """The adults, and for each slot the relationship and the adult's row of each household (-1: nobody)."""
    kind = homes["type"].to_numpy()
    eldest = children["born"].to_numpy()[np.cumsum(homes["size"].to_numpy()) - homes["size"].to_numpy()]
    young = rng.random(len(homes)) < 0.03
    age = np.where(young, rng.uniform(15, 19, len(homes)), np.clip(rng.normal(29.5, 5.3, len(homes)), 17.5, 46))
    parent_born = eldest - (age * YEAR).astype(np.int64)
    frames: list[pd.DataFrame] = []
    slots: list[tuple[Texts, Ints]] = []
    used = 0
    for slot in range(3):
        relation = np.array([SLOTS[k][slot][0] for k in range(6)], dtype=object)[kind]
        there = rng.random(len(homes)) < np.array([SLOTS[k][slot][1] for k in range(6)])[kind]
        row = np.full(len(homes), -1)
        row[there] = used + np.arange(int(there.sum()))
        used += int(there.sum())
        slots.append((relation, row))
        frames.append(_slot_adults(homes[there], relation[there], parent_born[there], slot, rng))
    adults = pd.concat(frames, ignore_index=True)
    adults["person"] = issued.adults + np.arange(used)
    adults["nino"] = ninos(issued.adults, used)
    adults["phone"] = mobiles(rng.integers(0, 1000, used))
    adults["email"] = "parent" + (issued.adults + np.arange(used)).astype(str).astype(object) + "@example.org"
    adults["child"] = -1
    issued.adults += used
    return adults, slots


def _slot_adults(homes: pd.DataFrame, relation: Texts, parent_born: Ints, slot: int, rng: Rng) -> pd.DataFrame:
    many = len(homes)
    culture = homes["culture"].to_numpy()
    woman = np.isin(relation, WOMEN) | ((relation == "PRNFOST") & (slot == 0))
    stranger = np.isin(relation, ["STPPRN", "PRNFOST", "GRFTH"])
    family_f = homes["family_f"].to_numpy(object)
    own = np.where(woman, homes["family_m"].to_numpy(object), family_f)
    together = (homes["type"].to_numpy() == COUPLE) & (rng.random(many) < 0.62) & (culture != names.IBERIAN)
    married = woman & together & ~np.isin(culture, [names.PATRONYMIC, names.CHINESE, names.SINGLE])
    family = np.where(married, family_f, own)
    family = np.where(stranger, names.surnames(culture, rng), family)
    frame = pd.DataFrame({"culture": culture})
    frame["forename"] = names.forenames(culture, ~woman, rng)
    frame["family"] = _gendered(family, culture, woman, rng)
    older = np.where(np.isin(relation, ["GRMTH", "GRFTH", "PRNFOST"]), 25 * YEAR, rng.normal(0, 2.5, many) * YEAR)
    frame["born"] = parent_born - np.where(relation == "MTH", 0, older).astype(np.int64)
    frame["woman"] = woman
    frame["title"] = np.where(woman, np.where(rng.random(many) < 0.5, "Ms", "Mrs"), "Mr")
    frame["address"] = homes["address_old" if slot == 2 else "address"].to_numpy()
    return frame


def _gendered(family: Texts, culture: Ints, woman: Flags, rng: Rng) -> Texts:
    """Family names as the culture writes them for that person."""
    made = family.copy()
    for row in np.flatnonzero((culture == names.SLAVIC) & woman):
        made[row] = names.of_a_woman(made[row])
    double = np.flatnonzero(culture == names.IBERIAN)
    made[double] = made[double] + " " + names.surnames(culture[double], rng)
    return made


def _name(
    children: pd.DataFrame, homes: pd.DataFrame, adults: pd.DataFrame, slots: list[tuple[Texts, Ints]], rng: Rng
) -> None:
    culture, male = children["culture"].to_numpy(), children["male"].to_numpy()
    children["forename"] = _distinct_forenames(children, rng)
    middle = names.forenames(culture, male, rng)
    none = (rng.random(len(children)) < 0.3) | np.isin(culture, [names.IBERIAN, names.CHINESE, names.SINGLE])
    children["middle"] = np.where(none, "", middle)
    _rename_lookalikes(children, rng)
    children["known_as"] = _known_as(children, rng)
    home = children["home"].to_numpy()
    fathers = _father_forenames(adults, slots, homes, rng)[home]
    family_f = homes["family_f"].to_numpy(object)[home]
    family_m = homes["family_m"].to_numpy(object)[home]
    children["family"] = _family_names(culture, male, family_f, family_m, fathers, homes, home, rng)
    former = np.where(children["family"] == family_m, family_f, family_m)
    renamed = homes["renamed"].to_numpy()[home] & (culture != names.SINGLE)
    children["former"] = np.where(renamed & (children["family"] != former), former, "")
    single = culture == names.SINGLE
    children.loc[single, "family"] = children.loc[single, "forename"]


def _distinct_forenames(children: pd.DataFrame, rng: Rng) -> Texts:
    """A forename for each child that no brother or sister has."""
    culture, male = children["culture"].to_numpy(), children["male"].to_numpy()
    drawn = names.forenames(culture, male, rng)
    for _ in range(12):
        again = pd.DataFrame({"home": children["home"], "name": drawn}).duplicated().to_numpy()
        if not again.any():
            break
        drawn[again] = names.forenames(culture[again], male[again], rng)
    return drawn


def _rename_lookalikes(children: pd.DataFrame, rng: Rng) -> None:
    """Some twins have names that differ by a letter or two, such as Muhammad and Mohammed."""
    forename, male = children["forename"].to_numpy(object).copy(), children["male"].to_numpy()
    twins = np.flatnonzero(children["twin_of"].to_numpy() >= 0)
    lead = children["twin_of"].to_numpy()
    # Only of the same sex, and of names that have another spelling: so many are drawn that the share is reached.
    for row in twins[rng.random(len(twins)) < rates.LOOKALIKE_TWINS * rates.LOOKALIKES_DRAWN]:
        other = lead[row]
        spellings = names.variants().get(forename[other], ())
        if spellings and male[row] == male[other]:
            forename[row] = spellings[0]
    children["forename"] = forename


def _known_as(children: pd.DataFrame, rng: Rng) -> Texts:
    """The other form of their forename by which some are known; nothing for the rest."""
    forename = children["forename"].to_numpy(object)
    known = np.full(len(children), "", dtype=object)
    for row in np.flatnonzero(rng.random(len(children)) < rates.KNOWN_AS):
        forms = names.variants().get(forename[row], ())
        if forms:
            known[row] = forms[int(rng.integers(len(forms)))]
    return known


def _father_forenames(adults: pd.DataFrame, slots: list[tuple[Texts, Ints]], homes: pd.DataFrame, rng: Rng) -> Texts:
    found = names.forenames(homes["culture"].to_numpy(), np.ones(len(homes), dtype=bool), rng)
    forename = adults["forename"].to_numpy(object)
    for relation, row in slots:
        here = (relation == "FTH") & (row >= 0)
        found[here] = forename[row[here]]
    return found


def _family_names(
    culture: Ints,
    male: Flags,
    family_f: Texts,
    family_m: Texts,
    fathers: Texts,
    homes: pd.DataFrame,
    home: Ints,
    rng: Rng,
) -> Texts:
    # Brothers and sisters share what was chosen for the first.
    chance = rng.random(len(homes))[home]
    couple = np.isin(homes["type"].to_numpy()[home], [COUPLE, STEP])
    family = np.where(chance < np.where(couple, 0.07, 0.5), family_m, family_f)
    hyphened = (culture == names.BRITISH) & (chance > 0.94) & (family_f != family_m)
    family[hyphened] = family_f[hyphened] + "-" + family_m[hyphened]
    family[culture == names.PATRONYMIC] = fathers[culture == names.PATRONYMIC]
    iberian = culture == names.IBERIAN
    family[iberian] = family_f[iberian] + " " + family_m[iberian]
    for row in np.flatnonzero((culture == names.SLAVIC) & ~male):
        family[row] = names.of_a_woman(family[row])
    return np.asarray(family, dtype=object)


def _events(children: pd.DataFrame, homes: pd.DataFrame, issued: Issued, rng: Rng) -> None:
    count = len(children)
    home, born = children["home"].to_numpy(), children["born"].to_numpy()
    age = issued.as_at - born
    adoptable = (children["maternity"] == 1) & (age > 2 * YEAR) & (children["culture"] != names.SINGLE)
    adopted = adoptable.to_numpy() & (rng.random(count) < rates.ADOPTED)
    children["adopted"] = adopted
    children["changed_on"] = born + (age * rng.uniform(0.3, 0.8, count)).astype(np.int64)
    birth_family = names.surnames(children["culture"].to_numpy(), rng)
    children["former"] = np.where(adopted, birth_family, children["former"])
    shielded = homes["shielded"].to_numpy()[home] & (rng.random(count) < 0.85)
    children["shielded"] = shielded
    left = (rng.random(count) < rates.LEFT_ENGLAND) & ~shielded & ~adopted & (age > 200)
    reason = np.array(["EMB", "SCT", "NIT"], dtype=object)[rng.choice(3, count, p=[0.55, 0.35, 0.10])]
    children["left"] = np.where(left, reason, "")
    died = (rng.random(count) < rates.DIED) & ~left & ~adopted & (age > 40)
    gone_on = born + np.maximum(1, (age * rng.uniform(0.05, 0.95, count)).astype(np.int64))
    # A file of the last weeks does not yet know of the last weeks.
    children["gone_on"] = np.where(left | died, np.minimum(gone_on, issued.as_at - 30), 0)
    children["died"] = died
    children["foster"] = homes["type"].to_numpy()[home] == FOSTER
    children["nhs"] = issued.next_nhs(count)
    children["nhs_old"] = ""
    children.loc[adopted, "nhs_old"] = issued.next_nhs(int(adopted.sum()))
    children["abroad"] = (rng.random(count) < rates.BORN_ELSEWHERE) & ~adopted


def _house(children: pd.DataFrame, homes: pd.DataFrame, world: World, issued: Issued, rng: Rng) -> None:
    home, born = children["home"].to_numpy(), children["born"].to_numpy()
    moved_on = homes["moved_on"].to_numpy()[home]
    shielded = homes["shielded"].to_numpy()[home]
    moved_on = np.where(shielded, np.maximum(issued.as_at - 400, moved_on), moved_on)
    # A child in care came to the carers on their own; the others came with the household.
    moved = (homes["moved"].to_numpy()[home] | shielded | children["foster"].to_numpy()) & (moved_on > born + 10)
    children["address"] = homes["address"].to_numpy()[home]
    children["town"] = homes["town"].to_numpy()[home]
    children["address_old"] = np.where(moved, homes["address_old"].to_numpy()[home], -1)
    children["town_old"] = np.where(moved, homes["town_old"].to_numpy()[home], children["town"])
    children["moved_on"] = np.where(moved, moved_on, born)
    authority = world.towns["authority"].to_numpy()
    children["authority"] = authority[children["town"].to_numpy()]
    children["authority_old"] = authority[children["town_old"].to_numpy()]


def _bonds(children: pd.DataFrame, homes: pd.DataFrame, slots: list[tuple[Texts, Ints]]) -> pd.DataFrame:
    home = children["home"].to_numpy()
    frames: list[pd.DataFrame] = []
    for slot, (relation, row) in enumerate(slots):
        child = np.flatnonzero(row[home] >= 0)
        frame = pd.DataFrame({"child": child, "adult": row[home[child]], "relation": relation[home[child]]})
        frame["responsible"] = frame["relation"].isin(["MTH", "FTH"])
        frame["at_home"] = slot != 2
        since = np.where(frame["relation"].isin(["MTH", "FTH"]), children["born"].to_numpy()[child], 0)
        frame["since"] = np.where(since == 0, children["moved_on"].to_numpy()[child], since)
        frame["order"] = slot + 1
        frames.append(frame)
    return pd.concat(frames, ignore_index=True).sort_values(["child", "order"], ignore_index=True)


def _child_mothers(children: pd.DataFrame, adults: pd.DataFrame, bonds: pd.DataFrame, issued: Issued, rng: Rng) -> None:
    """A few babies have a mother who is a child of this population herself, and live where she lives."""
    age = (issued.as_at - children["born"].to_numpy()) / YEAR
    ordinary = ~children[["shielded", "adopted", "died", "foster"]].any(axis=1).to_numpy() & (children["left"] == "")
    girls = np.flatnonzero(ordinary & ~children["male"].to_numpy() & (age > 16.2))
    alone = children.groupby("home")["home"].transform("size").to_numpy() == 1
    babies = np.flatnonzero(ordinary & alone & (age < 1.5))
    pairs = min(len(girls), len(babies), max(1, round(rates.CHILD_MOTHERS * len(children))))
    if pairs == 0 or not len(girls) or not len(babies):
        return
    girls, babies = rng.choice(girls, pairs, replace=False), rng.choice(babies, pairs, replace=False)
    mothers = bonds[bonds["relation"] == "MTH"].set_index("child")["adult"]
    mother = mothers.reindex(babies).to_numpy(np.float64)
    known = ~np.isnan(mother)
    girls, babies, mother = girls[known], babies[known], mother[known].astype(np.int64)
    for column in ("forename", "family", "born", "address", "culture"):
        _put(adults, column, mother, children[column].to_numpy()[girls])
    _put(adults, "child", mother, girls)
    _put(adults, "title", mother, "Ms")
    for column in ("address", "town", "authority", "household", "culture", "frail", "family"):
        _put(children, column, babies, children[column].to_numpy()[girls])
    for column, source in (("town_old", "town"), ("authority_old", "authority"), ("moved_on", "born")):
        _put(children, column, babies, children[source].to_numpy()[babies])
    _put(children, "address_old", babies, -1)
    _put(children, "former", babies, "")


def _put(frame: pd.DataFrame, column: str, rows: Ints, values: object) -> None:
    made = frame[column].to_numpy(copy=True)
    made[rows] = values
    frame[column] = made


def _learn(children: pd.DataFrame, world: World, issued: Issued, rng: Rng) -> None:
    """Which school, since when, in which year group; -1 where there is none."""
    count = len(children)
    born, town = children["born"].to_numpy(), children["town"].to_numpy()
    authority = children["authority"].to_numpy()
    reception = calendar.reception_year(born)
    year_group = calendar.school_year(issued.as_at) - reception
    children["reception"], children["year_group"] = reception, year_group
    present = (children["left"] == "").to_numpy() & ~children["died"].to_numpy()
    of_age = present & (year_group >= 0) & (year_group <= 13)
    nursery = present & (year_group == -1) & (rng.random(count) < 0.4)
    sixth = (year_group >= 12) & (rng.random(count) < rates.NO_SIXTH_FORM)
    chance = rng.random(count)
    primary = world.school_blocks["primary"].pick(town, rng.random(count))
    secondary = world.school_blocks["secondary"].pick(town, rng.random(count))
    special = world.school_blocks["special"].pick(authority, rng.random(count))
    independent = world.school_blocks["independent"].pick(authority, rng.random(count))
    school = np.where(year_group <= 6, primary, secondary)
    cut = np.cumsum([rates.SPECIAL, rates.INDEPENDENT, rates.HOME_EDUCATED, rates.NO_SCHOOL])
    school = np.where(chance < cut[0], special, np.where(chance < cut[1], independent, school))
    without = ~(of_age | nursery) | sixth | ((chance >= cut[1]) & (chance < cut[3]) & of_age)
    children["school"] = np.where(without, -1, school)
    children["independent"] = ~without & (chance >= cut[0]) & (chance < cut[1])
    children["home_educated"] = of_age & ~sixth & (chance >= cut[1]) & (chance < cut[2])
    phase_start = np.where(year_group <= 6, np.minimum(reception, reception + year_group), reception + 7)
    entered = calendar.september(phase_start)
    changed_town = children["town"].to_numpy() != children["town_old"].to_numpy()
    entered = np.where(changed_town, np.maximum(entered, children["moved_on"].to_numpy() + 14), entered)
    children["entered"] = np.minimum(entered, issued.as_at - 30)
    old_town = children["town_old"].to_numpy()
    children["school_old"] = np.where(
        ~without & (changed_town | (year_group >= 7)),
        world.school_blocks["primary"].pick(old_town, rng.random(count)),
        -1,
    )
    dual = ~without & (year_group >= 7) & (rng.random(count) < rates.DUAL * 2) & ~children["independent"].to_numpy()
    children["school_2"] = np.where(dual, world.school_blocks["unit"].pick(authority, rng.random(count)), -1)


def _register(children: pd.DataFrame, world: World, rng: Rng) -> None:
    """Which practice, and since when; -1 where there is none."""
    count = len(children)
    practice = world.practice_blocks.pick(children["town"].to_numpy(), rng.random(count))
    gone = (children["left"] != "").to_numpy() | children["died"].to_numpy()
    children["practice"] = np.where(gone | (rng.random(count) < rates.NO_PRACTICE), -1, practice)
    stayed = (children["town"] == children["town_old"]).to_numpy() & (rng.random(count) < 0.6)
    children["practice_since"] = np.where(stayed, children["born"] + 10, children["moved_on"] + 10)


def _number(children: pd.DataFrame, world: World, issued: Issued, rng: Rng) -> None:
    """The UPN that the first state school gave, once for good; nothing for those who never went to one."""
    count = len(children)
    went = (children["year_group"] >= 0).to_numpy() & ~children["independent"].to_numpy()
    went &= ~(children["home_educated"].to_numpy() & (rng.random(count) < 0.4))
    town = np.where(
        calendar.september(children["reception"].to_numpy()) < children["moved_on"].to_numpy(),
        children["town_old"], children["town"],
    )  # fmt: skip
    school = world.school_blocks["primary"].pick(town, rng.random(count))
    year = children["reception"].to_numpy() % 100
    children["upn"] = ""
    children.loc[went, "upn"] = _issue(world, school[went], year[went], issued)
    children["upn_old"] = ""
    renewed = np.flatnonzero(went & children["adopted"].to_numpy() & (rng.random(count) < 0.5))
    children.loc[renewed, "upn_old"] = children.loc[renewed, "upn"]
    children.loc[renewed, "upn"] = _issue(world, school[renewed], year[renewed], issued)


def _issue(world: World, school: Ints, year: Ints, issued: Issued) -> Texts:
    key = school * 100 + year
    rank = pd.Series(key).groupby(key).cumcount().to_numpy()
    given = np.array([issued.serials.get(int(k), 0) for k in key], dtype=np.int64)
    # The last hundred serials of each year are kept for the stories.
    serial = given + rank
    if len(serial) and serial.max() >= 900:
        raise ValueError("A school has issued more UPNs in a year than there are.")
    for each, count in zip(*np.unique(key, return_counts=True), strict=True):
        issued.serials[int(each)] = issued.serials.get(int(each), 0) + int(count)
    schools = world.schools
    dfe = np.array([a.dfe for a in fixed.AUTHORITIES])[schools["authority"].to_numpy()[school]]
    return upns(dfe, schools["estab"].to_numpy()[school], year, serial)
