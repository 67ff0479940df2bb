"""How wrong an invented population's records are, counted against its own truth, beside the rates that are asked for.

What a record says is compared with what is true of the child today. An entry of birth tells of then, and the patient
register is what the others are matched with: both are counted, and left out of what is compared with the rates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.measure import table
from graph.model.names import fold_whole
from loaders.synthetic import names, truth
from loaders.tables import Tidy, values
from loaders.who.records import nhs_number, permanent_upn

# matching.md, section 3: shares of the records of a day's change; of children for the last two.
ASKED: Mapping[str, float] = {
    "any": 0.19,
    "moved": 0.10,
    "forename": 0.05,
    "surname": 0.04,
    "born": 0.007,
    "number": 0.0004,
    "multiples": 0.029,
    "lookalikes": 0.12,
}
_OF_RECORDS = ("any", "moved", "forename", "surname", "born", "number")
_OTHERWISE = ("births", "pds", "deaths")


@dataclass
class Counted:
    """Of how many records how many say something that is not so; of the moved those whose address is known."""

    records: int = 0
    any: int = 0
    moved: int = 0
    forename: int = 0
    surname: int = 0
    born: int = 0
    number: int = 0  # a valid number of somebody else

    def share(self, name: str) -> float:
        """The share of the records; 0 of none."""
        return float(getattr(self, name)) / max(1, self.records)


class Faults:
    """Counts file after file."""

    def __init__(self, folder: Path) -> None:
        """Reads who everybody is."""
        people = truth.table(folder, "person")
        children = people[people["kind"] == "child"]
        self.feeds: dict[str, Counted] = {}
        self.multiples, self.lookalikes = _births(children)
        said = ([fold_whole(name) for name in children[one]] for one in ("forename", "family"))
        others = ("dob", "postcode", "nhs_number", "nhs_number_before", "upn")
        true = zip(*said, *(children[one].str.replace(" ", "") for one in others), strict=True)
        self._of = dict(zip(children["person"], true, strict=True))

    def count(self, feed: str, tidy: Tidy, person_of: Mapping[str, str]) -> None:
        """Counts the children's records of one file; `person_of` says by key of whom each is."""
        counted = self.feeds.setdefault(feed, Counted())
        records = tidy.records[tidy.records["subject"] == "child"]
        columns = ("key", "forename", "family_name", "date_of_birth", "postcode", "nhs_number", "upn")
        for key, given, family, born, postcode, nhs, upn in zip(
            *(values(records[one]) for one in columns), strict=True
        ):
            true = self._of.get(person_of.get(key, ""))
            if true is None:
                continue
            own_given, own_family, own_born, own_postcode, *numbers = true
            wrong = {
                "moved": bool(postcode) and postcode.replace(" ", "") != own_postcode,
                "forename": bool(given) and fold_whole(given) != own_given,
                "surname": bool(family) and fold_whole(family) != own_family,
                "born": bool(born) and str(born) != own_born,
                "number": any(one and one not in numbers for one in (nhs_number(nhs or ""), permanent_upn(upn or ""))),
            }
            counted.records += 1
            counted.any += any(wrong.values())
            for name, holds in wrong.items():
                setattr(counted, name, getattr(counted, name) + holds)

    def shares(self) -> dict[str, float]:
        """What `ASKED` asks for, as it came out."""
        whole = Counted()
        for feed, each in self.feeds.items():
            if feed not in _OTHERWISE:
                for name, count in vars(each).items():
                    setattr(whole, name, getattr(whole, name) + count)
        made = {name: whole.share(name) for name in _OF_RECORDS}
        return made | {"multiples": self.multiples, "lookalikes": self.lookalikes}

    def lower(self) -> list[str]:
        """Which rates are lower than asked for."""
        return [name for name, share in self.shares().items() if share < ASKED[name]]

    def in_words(self) -> str:
        """The rates as a table, feed by feed, with a sentence about those that are lower."""
        lower = self.lower()
        said = f"Lower than asked for: {', '.join(lower)}." if lower else "No rate is lower than asked for."
        return "\n".join([table(("errors, %", "records", *ASKED), list(self._rows())), said])

    def _rows(self) -> Iterator[tuple[object, ...]]:
        for feed, each in self.feeds.items():
            if each.records:
                yield (feed, each.records, *(_percent(each.share(name)) for name in _OF_RECORDS), "", "")
        yield ("all but births and PDS", "", *(_percent(share) for share in self.shares().values()))
        yield ("asked for", "", *(_percent(share) for share in ASKED.values()))


def _births(children: pd.DataFrame) -> tuple[float, float]:
    """Which share of the children is of a multiple birth, and of how many of these another's forename is much alike."""
    forename = dict(zip(children["person"], children["forename"], strict=True))
    mates = children[children["twin_of"] != ""]
    born: dict[str, set[str]] = {}
    for one, lead in zip(mates["person"], mates["twin_of"], strict=True):
        born.setdefault(lead, {lead}).add(one)
    many = [one for each in born.values() for one in each]
    alike = [
        one
        for each in born.values()
        for one in each
        if any(other != one and _much_alike(forename[one], forename[other]) for other in each)
    ]
    return len(many) / max(1, len(children)), len(alike) / max(1, len(many))


def _much_alike(one: str, other: str) -> bool:
    forms = names.variants()
    return other in forms.get(one, ()) or one in forms.get(other, ())


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
