"""Whether two sayings may be about one child: the keys under which a shield looks for copies of whom it guards.

At least as wide as the equal keys of the second tier (`loaders.who.candidates`), which a test holds it to: two of
forename, family name, birthday, postcode and address; a birthday with the beginning of a name; day and month the wrong
way round; given and family name swapped; a number (issue 5, point 7). Whoever would be a child nobody knew is looked
at more widely still, because that is how a child under another name comes: `newcomer_keys`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from itertools import product

from graph.model.nicknames import other_forms

Key = tuple[str, ...]
_BEGINNING = 3


@dataclass(frozen=True)
class Traits:
    """What is said of one child, every way of saying it: names and addresses folded, postcodes without spaces."""

    given: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()
    born: frozenset[date] = frozenset()
    postcodes: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def with_more(self, other: "Traits") -> "Traits":
        """What either says."""
        return Traits(*(getattr(self, each.name) | getattr(other, each.name) for each in fields(self)))


def keys_of(traits: Traits) -> set[Key]:
    """The keys of what is known: whoever shares one may be the same child."""
    return set(_keys(traits, traits.born))


def asking_keys(traits: Traits) -> set[Key]:
    """The keys under which a new saying looks: those of `keys_of`, and those with day and month turned."""
    return set(_keys(traits, traits.born | {day for born in traits.born if (day := turned(born)) is not None}))


def close_keys(traits: Traits) -> set[Key]:
    """Keys that two children hardly share: a number, or three of forename, family name, birthday and home.

    In one home and family a forename with one slip is enough (a letter too many, too few, another or two turned): names
    a slip apart share one of what is left of them without one letter, and brothers' and sisters' names hardly are.
    """
    homes = traits.postcodes | traits.addresses
    days = {day.isoformat() for day in traits.born}
    kinds = {"given": traits.given, "family": traits.family, "born": days, "home": homes}
    found: set[Key] = {("number", number) for number in traits.numbers}
    for left_out in kinds:
        named = [name for name in kinds if name != left_out]
        found |= {(left_out, *values) for values in product(*(kinds[name] for name in named))}
    slips = {slip for name in traits.given for slip in (name[:at] + name[at + 1 :] for at in range(len(name) + 1))}
    return found | {("slip", *values) for values in product(slips, traits.family, homes)}


def newcomer_keys(traits: Traits) -> set[Key]:
    """Keys under which a child nobody knew is compared as well: too wide for everybody, and few children are new.

    A birthday with the first letter of a forename or of another form of it, and a name with two parts of a birthday.
    """
    found: set[Key] = set()
    given = traits.given | {form for name in traits.given for form in other_forms(name)}
    for born in traits.born:
        days = (born, turned(born) or born)
        found |= {("born, initial", day.isoformat(), name[:1]) for name in given for day in days}
        parts = (("day", born.month, born.year), ("month", born.day, born.year), ("year", born.day, born.month))
        found |= {(name, *map(str, part)) for name in traits.given | traits.family for part in parts}
    return found


def turned(born: date) -> date | None:
    """The date with day and month the other way round, or None if there is no other such day."""
    return born.replace(day=born.month, month=born.day) if born.day <= 12 and born.day != born.month else None


def of_the_family(one: Traits, other: Traits) -> bool:
    """Whether two share no number, and neither any forename nor a birthday: a brother or sister, if anything."""
    days = other.born | {day for born in other.born if (day := turned(born)) is not None}
    names = other.given | other.family
    return not (one.numbers & other.numbers or one.born & days or one.given & names)


def touching(one: Traits, other: Traits) -> bool:
    """Whether a new saying, the first, may be about the child of the other."""
    return bool(asking_keys(one) & keys_of(other))


def _keys(traits: Traits, born: Iterable[date]) -> Iterator[Key]:
    days = [day.isoformat() for day in born]
    # Who writes the family name first has both where the other belongs.
    names = traits.given | traits.family
    places = traits.postcodes | traits.addresses
    yield from (("number", number) for number in traits.numbers)
    yield from (("names", *sorted(pair)) for pair in product(traits.given, traits.family))
    for day in days:
        yield from (("born, name", day, name) for name in names)
        yield from (("born, place", day, place) for place in places)
        yield from (("born, beginning", day, name[:_BEGINNING]) for name in names)
    yield from (("place, name", place, name) for place in places for name in names)
