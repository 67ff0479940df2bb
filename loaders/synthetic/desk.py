"""What every writer of people needs at hand: the world, the day, the truth, and how wrong records are."""

import zlib
from dataclasses import dataclass, replace

import numpy as np

from loaders.synthetic import fixed, rates
from loaders.synthetic.errors import NOWHERE
from loaders.synthetic.files import Sink, join, take
from loaders.synthetic.identifiers import Ints, Texts, digits
from loaders.synthetic.places import World
from loaders.synthetic.population import Chunk, Flags, Rng


@dataclass
class Desk:
    """One chunk's writers share this."""

    world: World
    as_at: int
    rng: Rng
    records: Sink | None  # None: nobody asks for the truth
    seeds: tuple[int, ...] = (0,)
    faultless: bool = False  # the stories are written as they are

    def for_feed(self, name: str) -> "Desk":
        """The same desk with a chance of the feed's own, so that each feed can be written again without the others."""
        seeds = [*self.seeds, zlib.crc32(name.encode())]
        return replace(self, rng=np.random.Generator(np.random.PCG64(seeds)))

    def level(self, usual: rates.Rates) -> rates.Rates:
        """The error rates to write with."""
        return rates.NONE if self.faultless else usual

    def some(self, count: int, share: float) -> Flags:
        """A share of rows, drawn; for the stories all of them where the share is over half, else none."""
        if self.faultless:
            return np.full(count, share > 0.5)
        return np.asarray(self.rng.random(count) < share, dtype=np.bool_)

    def remember(self, feed: str, supplier: object, key: object, person: Texts) -> None:
        """Write down of whom these records are."""
        if self.records is not None:
            self.records.table({"feed": feed, "supplier": supplier, "key": key, "person": person}, rows=len(person))

    def streets(self, address: Ints) -> Texts:
        """The first line of each address; empty where none is known."""
        street = take(self.world.postcodes["street"].to_numpy(object), address // 100)
        made = (np.maximum(address, 0) % 100).astype(str).astype(object) + " " + street
        made[address < 0] = ""
        return np.asarray(made, dtype=object)

    def towns(self, address: Ints) -> Texts:
        """The town of each address; empty where none is known."""
        town = self.world.postcodes["town"].to_numpy()[np.maximum(address, 0) // 100]
        made = self.world.towns["town"].to_numpy(object)[town]
        made[address < 0] = ""
        return np.asarray(made, dtype=object)

    def postcodes(self, address: Ints) -> Texts:
        """The postcode of each address; -2 is one of no fixed abode, and -1 is not known."""
        made = take(self.world.postcodes["postcode"].to_numpy(object), address // 100)
        made[address == -2] = NOWHERE
        made[address == -1] = ""
        return made


def uprns(address: Ints) -> Texts:
    """Twelve digits that begin as no property's do; empty where the address is not known."""
    made = (999_000_000_000 + np.maximum(address, 0)).astype(str).astype(object)
    made[address < 0] = ""
    return np.asarray(made, dtype=object)


def child_ids(number: Ints) -> Texts:
    """The true person of each child."""
    return np.asarray("C" + digits(number, 8), dtype=object)


def adult_ids(chunk: Chunk, row: Ints) -> Texts:
    """The true person of each adult, who may be a child of the population."""
    adults = chunk.adults
    made = np.asarray("A" + digits(adults["person"].to_numpy()[row], 8), dtype=object)
    child = adults["child"].to_numpy()[row]
    young = child >= 0
    made[young] = child_ids(chunk.children["person"].to_numpy()[child[young]])
    return made


def carer_of(chunk: Chunk, relation: str) -> Ints:
    """The row of each child's adult of that relationship; -1 where there is none."""
    found = np.full(len(chunk.children), -1)
    bonds = chunk.bonds[chunk.bonds["relation"] == relation]
    found[bonds["child"].to_numpy()] = bonds["adult"].to_numpy()
    return found


def authority_suppliers(authority: Ints) -> Texts:
    """The supplier that each authority is."""
    return np.array([a.supplier for a in fixed.AUTHORITIES], dtype=object)[authority]


def lettered(male: Flags) -> Texts:
    """M and F."""
    return np.asarray(np.where(male, "M", "F").astype(object), dtype=object)


__all__ = [
    "Desk", "adult_ids", "authority_suppliers", "carer_of", "child_ids", "join", "lettered", "uprns",
]  # fmt: skip
