"""What the indexes are asked for the children whom a new record could be: words of folded letters and figures only.

They find everybody who shares a key by which the loaders compare two records (matching.md 5.6), and some who do not:
who is equal in what is decided afterwards, on what their records say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graph.services.index_query import BORN, NAMES

_PREFIX = 3  # letters of a name by which records of one birthday and postcode area are compared
# Signs between two words, or two figures, that an index of text leaves in one word and folding takes for a space.
_JOINS = (".", ",", ":", "_")
_MOST_WORDS = 12
_MOST_LETTERS = 20


@dataclass(frozen=True)
class Sketch:
    """One observed identity as it is compared: names folded, `born` as eight digits, postcodes without a space."""

    given: str | None = None
    family: str | None = None
    born: str | None = None
    postcode: str | None = None
    area: str | None = None
    former: str | None = None
    address: str | None = None
    nhs: str | None = None
    upn: str | None = None


@dataclass
class Near:
    """The parameters of `loads/find_near`."""

    nhs_numbers: set[str] = field(default_factory=set)
    upns: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    beginnings: dict[tuple[str, str], None] = field(default_factory=dict)
    places: dict[tuple[str, tuple[str, ...], str | None], None] = field(default_factory=dict)
    homes: dict[tuple[str, tuple[str, ...], str | None], None] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, list[Any]]:
        """The same as Cypher takes them, in an order of their own."""

        def placed(asked: Iterable[tuple[str, tuple[str, ...], str | None]]) -> list[dict[str, Any]]:
            return [{"words": words, "names": list(names), "born": born} for words, names, born in asked]

        return {
            "nhs_numbers": sorted(self.nhs_numbers),
            "upns": sorted(self.upns),
            "names": sorted(self.names),
            "beginnings": [{"words": words, "area": area} for words, area in self.beginnings],
            "places": placed(self.places),
            "homes": placed(self.homes),
        }


def near(sketches: Iterable[Sketch]) -> Near:
    """What to ask for everybody who may share a key with one of these."""
    asked = Near()
    for one in sketches:
        asked.nhs_numbers |= {one.nhs} if one.nhs else set()
        asked.upns |= {one.upn} if one.upn else set()
        if words := " ".join(_by_names(one)):
            asked.names.add(words)
        if one.born and one.area and (beginnings := _beginnings(one)):
            asked.beginnings[f"+{BORN}:{one.born} +{NAMES}:({beginnings})", one.area] = None
        at = (_first_words(one), _dashed(one.born))
        if places := _places(one.postcode, one.former):
            asked.places[places, *at] = None
        if one.address and (words := _line(one.address)):
            asked.homes[words, *at] = None
    return asked


def around(sketches: Iterable[Sketch]) -> Near:
    """What to ask for everybody born on the day of one of these in the home, or of the family name and in the area."""
    asked = Near()
    for one in sketches:
        if one.born and one.postcode:
            asked.places[_places(one.postcode, None), (), _dashed(one.born)] = None
        if one.born and one.area and one.family:
            asked.beginnings[f"+{BORN}:{one.born} {_all_of(one.family)}", one.area] = None
    return asked


def _by_names(one: Sketch) -> Iterator[str]:
    """Clauses over days and names, any of which is enough."""
    given, family = one.given and _all_of(one.given), one.family and _all_of(one.family)
    if one.born and given:
        yield f"(+{BORN}:{one.born} {given})"
    if one.born and family:
        yield f"(+{BORN}:({one.born} {_turned(one.born)}) {family})"
    if given and family:
        yield f"({given} {family})"


def _all_of(name: str) -> str:
    return " ".join(f"+{NAMES}:{word}" for word in name.split())


def _beginnings(one: Sketch) -> str:
    begun = [name[:_PREFIX].split()[0] for name in (one.given, one.family) if name]
    return " ".join(f"{letters}*" for letters in dict.fromkeys(begun))


def _first_words(one: Sketch) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.split()[0] for name in (one.given, one.family) if name))


def _turned(born: str) -> str:
    return born[:4] + born[6:] + born[4:6]


def _dashed(born: str | None) -> str | None:
    return f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else None


def _places(postcode: str | None, former: str | None) -> str:
    clauses = [f'{name}:"{code}"' for name in ("postcode", "former_postcodes") for code in _written(postcode)]
    return " ".join([*clauses, *(f'postcode:"{code}"' for code in _written(former))])


def _written(code: str | None) -> list[str]:
    """A postcode as records write it (`loaders.clean.postcode`), and tight, as it may have been written before."""
    if not code or not code.isalnum():
        return []
    at = len("BFPO") if code.startswith("BFPO") else -3
    return list(dict.fromkeys((f"{code[:at]} {code[at:]}", code)))


def _line(address: str) -> str:
    """All words of a line, each also as it is kept where a sign joins it to the next, or an apostrophe parts it."""
    words = address.split()[:_MOST_WORDS]
    clauses = []
    for at, word in enumerate(words):
        ways = [word]
        if len(word) <= _MOST_LETTERS:
            ways += [f"{word[:cut]}'{word[cut:]}" for cut in range(1, len(word))]
        for before, after in ((at - 1, at), (at, at + 1)):
            if before >= 0 and after < len(words):
                ways += [f"{words[before]}{sign}{words[after]}" for sign in _JOINS]
        # In quotation marks what the index parts again has to stand together: "9,elm" is not whatever has a 9.
        clauses.append(f"+line_1:({' '.join(_quoted(way) for way in ways)})")
    return " ".join(clauses)


def _quoted(way: str) -> str:
    return f'"{way}"'
