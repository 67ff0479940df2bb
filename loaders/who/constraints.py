"""What may never be true of one person's records together, whatever each link says alone (matching.md 6.5)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """What one record says of the things that a person has once."""

    nhs: str | None = None
    upn: str | None = None
    born: str | None = None
    given: str | None = None
    multiple: bool = False


Link = tuple[str, str]
_MOST_BIRTHDAYS = 2  # a right one and a mistaken one


def clusters(links: Iterable[Link]) -> list[frozenset[str]]:
    """The records that hang together by these links, in no order."""
    cluster_of: dict[str, set[str]] = {}
    for one, other in links:
        joined = cluster_of.get(one, {one}) | cluster_of.get(other, {other})
        for record in joined:
            cluster_of[record] = joined
    return [frozenset(records) for records in {id(each): each for each in cluster_of.values()}.values()]


def broken(records: Iterable[Said]) -> tuple[str, ...]:
    """Which constraints these records of one person break: two numbers, three birthdays, two children of one birth."""
    said = list(records)
    birth = [one for one in said if one.multiple]
    found = {
        "two NHS numbers": len({one.nhs for one in said if one.nhs}) > 1,
        "two UPNs": len({one.upn for one in said if one.upn}) > 1,
        "three dates of birth": _nobody_knows([one.born for one in said if one.born]),
        "two children of one birth": len({one.given for one in birth if one.given}) > 1,
    }
    return tuple(name for name, holds in found.items() if holds)


def _nobody_knows(birthdays: list[str]) -> bool:
    """Whether there are three birthdays and more, none of them said by at least half of the records."""
    counted = Counter(birthdays)
    return len(counted) > _MOST_BIRTHDAYS and 2 * max(counted.values()) < len(birthdays)


def violations(links: Iterable[Link], said: Mapping[str, Said]) -> dict[Link, str]:
    """The links of every cluster that breaks a constraint, and which: none is the wrong one."""
    every = list(links)
    members: dict[str, int] = {}
    reasons: dict[int, str] = defaultdict(str)
    for number, records in enumerate(clusters(every)):
        members |= dict.fromkeys(records, number)
        if names := broken(said[record] for record in sorted(records)):
            reasons[number] = names[0]
    return {link: reasons[members[link[0]]] for link in every if members[link[0]] in reasons}
