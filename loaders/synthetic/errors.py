"""What a record says where that is not what is true."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from loaders.synthetic import calendar, names, rates
from loaders.synthetic.identifiers import Ints, Texts
from loaders.synthetic.places import World
from loaders.synthetic.population import Flags, Rng

NEIGHBOURS = {"a": "s", "e": "r", "i": "u", "o": "p", "n": "m", "m": "n", "s": "z", "c": "k", "y": "i", "t": "r"}
NOWHERE = "ZZ99 3VZ"
LONG_AGO = -25_567  # 1 January 1900, which systems put where they know no birthday


@dataclass
class Seen:
    """What one feed says of each child: as true as its rates."""

    forename: Texts
    family: Texts
    preferred: Texts  # the right family name, where the feed has a column for it
    former: Texts
    born: Ints
    address: Ints  # -1: none known
    borrowed: Ints  # whose identifier the record carries by mistake; -1: nobody else's


def blur(children: pd.DataFrame, level: rates.Rates, world: World, rng: Rng) -> Seen:
    """What a feed with those error rates says of the children, row by row."""
    count = len(children)
    frail = children["frail"].to_numpy()
    empty = np.full(count, "", dtype=object)
    seen = Seen(
        forename=children["forename"].to_numpy(object).copy(),
        family=children["family"].to_numpy(object).copy(),
        preferred=empty.copy(), former=empty,
        born=children["born"].to_numpy().copy(),
        address=children["address"].to_numpy().copy(),
        borrowed=np.full(count, -1),
    )  # fmt: skip
    if count == 0:
        return seen
    _stale_addresses(seen, children, level.moved * frail, world, rng)
    _surnames(seen, children, rng.random(count) < level.surname * frail, rng)
    _forenames(seen, children, rng.random(count) < level.forename * frail * _likely(children), rng)
    _birthdays(seen, rng.random(count) < level.dob * frail, rng)
    _borrowed(seen, children, rng.random(count) < level.wrong_id, rng)
    if level.moved and level.wrong_id:
        _placeholders(seen, rng)
    return seen


def _stale_addresses(
    seen: Seen, children: pd.DataFrame, rate: "np.ndarray[tuple[int], np.dtype[np.float64]]", world: World, rng: Rng
) -> None:
    old = children["address_old"].to_numpy()
    has_old = old >= 0
    share = max(0.05, float(has_old.mean()))
    # Most stale records lag by one move; a few hold an address that no one else has heard of.
    stale = has_old & (rng.random(len(old)) < np.minimum(0.9, 0.93 * rate / share))
    lost = ~stale & (rng.random(len(old)) < 0.09 * rate)
    seen.address[stale] = old[stale]
    rows = np.flatnonzero(lost)
    town = children["town"].to_numpy()[rows]
    seen.address[rows] = world.homes.pick(town, rng.random(len(rows))) * 100 + rng.integers(1, 90, len(rows))


def _likely(children: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Those who are known by another form of their forename have it written down more often than others err."""
    known = (children["known_as"] != "").to_numpy()
    share = float(known.mean()) if len(known) else 0.0
    return np.where(known, 6.0, 1.0) / (1.0 + 5.0 * share)


def _forenames(seen: Seen, children: pd.DataFrame, wrong: Flags, rng: Rng) -> None:
    middle = children["middle"].to_numpy(object)
    variants = names.variants()
    known_as = children["known_as"].to_numpy(object)
    for row in np.flatnonzero(wrong):
        name, kind = str(seen.forename[row]), rng.random()
        if kind < 0.05:
            seen.forename[row], seen.family[row] = seen.family[row], seen.forename[row]
        elif known_as[row] and kind < 0.85:
            seen.forename[row] = known_as[row]
        elif kind < 0.15 and middle[row]:
            seen.forename[row] = middle[row] if kind < 0.10 else f"{name} {middle[row]}"
        elif kind < 0.60 and name in variants:
            seen.forename[row] = variants[name][int(rng.integers(len(variants[name])))]
        # Not "< 0.65" alone: names without another form, most of them not British, would mostly be one letter.
        elif 0.60 <= kind < 0.65:
            seen.forename[row] = name[:1]
        else:
            seen.forename[row] = misspelt(name, rng)


def _surnames(seen: Seen, children: pd.DataFrame, wrong: Flags, rng: Rng) -> None:
    former = children["former"].to_numpy(object)
    rows = np.flatnonzero(wrong)
    others = names.surnames(children["culture"].to_numpy()[rows], rng)
    for row, other in zip(rows, others, strict=True):
        name, kind = str(seen.family[row]), rng.random()
        if former[row] and not children["adopted"].iloc[row] and kind < 0.6:
            seen.family[row], seen.preferred[row] = former[row], name
        elif ("-" in name or " " in name) and kind < 0.7:
            parts = name.replace("-", " ").split(" ")
            seen.family[row] = parts[-1] if kind < 0.35 else " ".join(reversed(parts))
        elif kind < 0.45:
            seen.family[row] = other
            # Schools often know both: what the family uses and what they believe is legal.
            seen.preferred[row] = name if rng.random() < 0.85 else ""
        else:
            seen.family[row] = misspelt(name, rng)


def _birthdays(seen: Seen, wrong: Flags, rng: Rng) -> None:
    for row in np.flatnonzero(wrong):
        moment = calendar.date_of(int(seen.born[row]))
        kind = rng.random()
        if kind < 0.4 and moment.day <= 12 and moment.day != moment.month:
            moment = moment.replace(day=moment.month, month=moment.day)
        elif kind < 0.7:
            moment = moment.replace(day=moment.day % 28 + 1)
        else:
            moment = moment.replace(year=moment.year - 1, day=min(moment.day, 28))
        seen.born[row] = calendar.day(moment)


def _borrowed(seen: Seen, children: pd.DataFrame, wrong: Flags, rng: Rng) -> None:
    """A twin's identifier if there is a twin, else anybody's."""
    rows = np.flatnonzero(wrong)
    other = rng.integers(0, len(children), len(rows))
    seen.borrowed[rows] = np.where(other == rows, -1, other)


def _placeholders(seen: Seen, rng: Rng) -> None:
    for row in np.flatnonzero(rng.random(len(seen.born)) < rates.PLACEHOLDER):
        match int(rng.integers(3)):
            case 0:
                seen.forename[row] = "BABY"
            case 1:
                seen.born[row] = LONG_AGO
            case _:
                seen.address[row] = -2


def misspelt(name: str, rng: Rng) -> str:
    """The name with one slip of the hand."""
    if len(name) < 3:
        return name + name[-1:]
    place = int(rng.integers(1, len(name) - 1))
    slip: Callable[[], str] = (
        lambda: name[:place] + name[place + 1] + name[place] + name[place + 2 :],
        lambda: name[:place] + name[place + 1 :],
        lambda: name[:place] + name[place] + name[place:],
        lambda: name[:place] + NEIGHBOURS.get(name[place], "e") + name[place + 1 :],
    )[int(rng.integers(4))]
    return slip() if slip() != name else name + name[-1]
