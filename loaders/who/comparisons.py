"""How two records are compared: for each part of an identity its levels, from the surest to none, as SQL of DuckDB.

Columns of the one record end in `_l`, those of the other in `_r`, as Splink writes them. The first level that holds
is the one that counts; the last of each holds always. A part that either side does not know is at no level.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """How well two records agree in one part."""

    name: str
    sql: str
    counted: str | None = None  # the columns by which chance agreement is counted exactly, over the whole index
    frequency: str | None = None  # the column whose rare values weigh more than common ones


@dataclass(frozen=True)
class Comparison:
    """One part of an identity, when it is unknown, and its levels from the surest to `else`."""

    name: str
    unknown: str
    levels: tuple[Level, ...]
    kind: str = ""  # the part whose learnt weights it has, if they are not its own

    @property
    def learnt(self) -> str:
        """Under which name the model keeps its weights."""
        return self.kind or self.name

    def case(self) -> str:
        """SQL that gives the name of the level, or `unknown`."""
        inner = " ".join(f"WHEN {level.sql} THEN '{level.name}'" for level in self.levels[:-1])
        return f"CASE WHEN {self.unknown} THEN 'unknown' {inner} ELSE 'else' END"


def _either(column: str) -> str:
    return f"({column}_l IS NULL OR {column}_r IS NULL)"


def _like(column: str, share: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {share}"


def _slip(column: str, least: int) -> str:
    """One letter put in, left out, changed or swapped, in a word long enough that this is not another word."""
    long = f"length({column}_l) >= {least} AND length({column}_r) >= {least}"
    return f"({long} AND damerau_levenshtein({column}_l, {column}_r) <= 1)"


_ELSE = Level("else", "ELSE")
_SWAPPED = "(given_l = family_r AND family_l = given_r AND given_l <> family_l)"
_INITIAL = "((length(given_l) = 1 OR length(given_r) = 1) AND left(given_l, 1) = left(given_r, 1))"
_MIDDLE = (
    "(coalesce(given_l = middle_r, FALSE) OR coalesce(given_r = middle_l, FALSE)"
    " OR starts_with(coalesce(middle_r, ''), given_l || ' ') OR starts_with(coalesce(middle_l, ''), given_r || ' '))"
)
_YEAR, _MONTH, _DAY = (
    f"(substr(born_l, {at}, {size}) = substr(born_r, {at}, {size}))" for at, size in ((1, 4), (5, 2), (7, 2))
)
_TURNED = f"({_YEAR} AND substr(born_l, 5, 2) = substr(born_r, 7, 2) AND substr(born_l, 7, 2) = substr(born_r, 5, 2))"
_TWO_OF_THREE = f"({_YEAR}::INT + {_MONTH}::INT + {_DAY}::INT >= 2)"
_SAME_POSTCODE = "coalesce(postcode_l = postcode_r, FALSE)"
# Neighbours live in one street: their numbers must not differ where both are known.
_ALIKE = (
    "coalesce((address_l = address_r) OR (coalesce(house_l = house_r, TRUE) AND (house_l IS NULL) = (house_r IS NULL)"
    " AND (jaro_winkler_similarity(address_l, address_r) >= 0.9"
    " OR len(list_intersect(words_l, words_r)) >= 0.6 * greatest(len(words_l), len(words_r)))), FALSE)"
)
_NO_PLACE = f"{_either('postcode')} AND {_either('address')}"


def _number(name: str) -> Comparison:
    return Comparison(name, _either(name), (Level("exact", f"{name}_l = {name}_r", counted=name), _ELSE))


def _other(place: int) -> Comparison:
    name = f"other_{place}"
    levels = (
        Level("exact", f"{name}_l = {name}_r", counted=name, frequency=name),
        Level("close", f"({_like(name, 0.92)} OR {_slip(name, 4)})"),
        _ELSE,
    )
    return Comparison(name, _either(name), levels, kind="other")


_FIXED = (
    Comparison(
        "given",
        _either("given"),
        (
            Level("exact", "given_l = given_r", counted="given", frequency="given"),
            Level("swapped", _SWAPPED),
            Level("form", "(list_contains(forms_l, given_r) OR list_contains(forms_r, given_l))"),
            Level("close", f"({_like('given', 0.92)} OR {_slip('given', 4)})"),
            Level("weak", f"({_like('given', 0.8)} OR {_INITIAL} OR {_MIDDLE})"),
            _ELSE,
        ),
    ),
    Comparison(
        "family",
        # Names in each other's place have said all that they can about both.
        f"({_either('family')} OR coalesce({_SWAPPED}, FALSE))",
        (
            Level("exact", "family_l = family_r", counted="family", frequency="family"),
            Level("part", "list_has_any(parts_l, parts_r)"),
            Level("close", f"({_like('family', 0.92)} OR {_slip('family', 4)})"),
            Level("weak", _like("family", 0.8)),
            _ELSE,
        ),
    ),
    Comparison(
        "middle",
        _either("middle"),
        (
            Level("exact", "middle_l = middle_r", counted="middle"),
            Level("near", f"(left(middle_l, 1) = left(middle_r, 1) OR {_like('middle', 0.88)})"),
            _ELSE,
        ),
    ),
    Comparison(
        "born",
        _either("born"),
        (
            Level("exact", "born_l = born_r", counted="born"),
            Level("turned", _TURNED),
            Level("slip", f"({_TWO_OF_THREE} AND damerau_levenshtein(born_l, born_r) <= 1)"),
            Level("two_of_three", _TWO_OF_THREE),
            _ELSE,
        ),
    ),
    Comparison("sex", _either("sex"), (Level("exact", "sex_l = sex_r", counted="sex"), _ELSE)),
    Comparison(
        "place",
        _NO_PLACE,
        (
            Level("home", f"({_SAME_POSTCODE} AND {_ALIKE})", counted="postcode, address"),
            Level("address", _ALIKE),
            Level("postcode", _SAME_POSTCODE),
            Level("former", "(coalesce(postcode_l = former_r, FALSE) OR coalesce(former_l = postcode_r, FALSE))"),
            Level("slip", "coalesce(damerau_levenshtein(postcode_l, postcode_r) <= 1, FALSE)"),
            Level("area", "coalesce(area_l = area_r, FALSE)"),
            _ELSE,
        ),
    ),
    _number("nhs"),
    _number("upn"),
)


def comparisons(others: int = 0) -> tuple[Comparison, ...]:
    """Every part that is compared, with so many other columns."""
    return (*_FIXED, *(_other(place) for place in range(others)))


def frequencies(others: int = 0) -> set[str]:
    """The columns whose rare values weigh more than common ones."""
    return {level.frequency for part in comparisons(others) for level in part.levels if level.frequency}
