"""Identifiers that pass every check and belong to nobody."""

import zlib
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]

LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"), dtype=object)
# Shapes that the check lets pass and that were never allocated to anyone.
NINO_PREFIXES = ("ZC", "ZG", "ZJ")
NINO_SUFFIXES = "ABCD"


def digits(numbers: Ints, width: int) -> Texts:
    """Whole numbers as text, with zeros in front up to that width."""
    made = pc.utf8_lpad(pa.array(numbers, type=pa.int64()).cast(pa.string()), width, "0")
    return np.asarray(made.to_numpy(zero_copy_only=False), dtype=object)


def nhs_numbers(count: int, rng: np.random.Generator) -> Texts:
    """Distinct valid NHS numbers of the range kept for tests: 999, then 998 and down when there are more people."""
    blocks: list[Ints] = []
    prefix, found = 999, 0
    while found < count:
        block = rng.permutation(valid_nhs_block(prefix))
        blocks.append(block)
        prefix, found = prefix - 1, found + len(block)
    return np.concatenate(blocks)[:count].astype(str).astype(object)


@cache
def valid_nhs_block(prefix: int) -> Ints:
    """All valid NHS numbers that begin with those three digits."""
    body = np.arange(1_000_000, dtype=np.int64) + prefix * 1_000_000
    total = np.zeros_like(body)
    for weight in range(2, 11):
        total += weight * (body // 10 ** (weight - 2) % 10)
    check = (11 - total % 11) % 11
    number = body * 10 + check
    # The ten numbers of one repeated digit pass modulus 11 and are refused by every reader.
    valid: Ints = number[(check != 10) & (number != 9_999_999_999)]
    return valid


def upns(authority: Ints, establishment: Ints, year: Ints, serial: Ints) -> Texts:
    """UPNs with their check letter, from the parts of which they are made."""
    body = ((authority * 10_000 + establishment) * 100 + year % 100) * 1000 + serial
    total = np.zeros_like(body)
    for position in range(2, 14):
        total += position * (body // 10 ** (13 - position) % 10)
    text = digits(body, 12)
    return np.asarray(LETTERS[total % 23] + text, dtype=object)


def ninos(first: int, count: int) -> Texts:
    """National Insurance numbers of prefixes that nobody holds, in order from `first`."""
    index = np.arange(first, first + count, dtype=np.int64)
    prefix = np.array(NINO_PREFIXES, dtype=object)[index // 4_000_000 % len(NINO_PREFIXES)]
    # A stride that shares no factor with a million spreads neighbours apart.
    number = digits((index // 4 % 1_000_000 * 7919 % 1_000_000), 6)
    suffix = np.array(list(NINO_SUFFIXES), dtype=object)[index % 4]
    return np.asarray(prefix + number + suffix, dtype=object)


def landlines(index: Ints) -> Texts:
    """Telephone numbers of the range that Ofcom keeps for drama."""
    return np.asarray("01632 960" + digits((index % 1000), 3), dtype=object)


def mobiles(index: Ints) -> Texts:
    """Mobile numbers of the range that Ofcom keeps for drama."""
    return np.asarray("07700 900" + digits((index % 1000), 3), dtype=object)


def temporary_upns(permanent: Texts) -> Texts:
    """The temporary UPNs (a letter at the end) of the same school and year."""
    made = np.empty(len(permanent), dtype=object)
    for row, upn in enumerate(permanent):
        letter = LETTERS[int(upn[-1])]
        body = upn[1:12] + letter
        total = sum(
            position * (int(each) if each.isdigit() else list(LETTERS).index(each))
            for position, each in enumerate(body, 2)
        )
        made[row] = LETTERS[total % 23] + body
    return made


def scrambled(number: Ints, salt: str) -> Texts:
    """Eight digits for each number, different for each use, so that no key gives away who is who."""
    # Not `hash`, which differs from one run to the next.
    shift = zlib.crc32(salt.encode())
    return np.asarray(digits(((number * 79_190_017 + shift) % 100_000_000), 8), dtype=object)
