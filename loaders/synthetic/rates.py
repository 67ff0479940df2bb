"""How often things happen to invented children and to the records about them."""

from dataclasses import dataclass

# Shares of children, unless another base is named.
MULTIPLES_PER_SIBSHIP = 0.05  # sibships of two and more with a multiple birth: 2.9 % of all children and a little more
LOOKALIKE_TWINS = 0.12  # of multiples
LOOKALIKES_DRAWN = 3.6  # times as many of the later born are tried
SIBSHIPS = (0.46, 0.385, 0.115, 0.03, 0.01)  # families with 1, 2, 3, 4, 5 children
MOVED = 0.36  # has an earlier address
MOVED_AUTHORITY = 0.09  # of those that moved
RENAMED = 0.05
ADOPTED = 0.004
FOSTERED = 0.006
KINSHIP = 0.012
CHILD_MOTHERS = 0.0006
SHIELDED = 0.002
LEFT_ENGLAND = 0.012
DIED = 0.0012
NO_PRACTICE = 0.012
BORN_ELSEWHERE = 0.13
INDEPENDENT = 0.062  # of those of school age
HOME_EDUCATED = 0.013
NO_SCHOOL = 0.008
SPECIAL = 0.018
DUAL = 0.012
NO_SIXTH_FORM = 0.45
UPN_HELD = 0.935  # of pupils in state schools
TRANSFER_FILES = 0.30
TARGETED = 0.15
STATUTORY = 0.04

# Errors cluster by person: most have few, some have many.
FRAIL_SHARE = 0.25
FRAIL_FACTORS = (0.6, 2.2)


@dataclass(frozen=True)
class Rates:
    """Errors per record of one feed."""

    moved: float
    forename: float
    surname: float
    dob: float
    wrong_id: float


# matching.md section 3: 10 %, 5 %, 4 %, 0.7 %, 0.04 %; set a little above, since some errors change nothing.
USUAL = Rates(moved=0.113, forename=0.057, surname=0.047, dob=0.0085, wrong_id=0.0010)
PATCHY = Rates(moved=0.25, forename=0.14, surname=0.115, dob=0.0187, wrong_id=0.0022)  # social care: 2.2 times
# pds, mended whenever a number is used
REGISTER = Rates(moved=0.01, forename=0.008, surname=0.008, dob=0.001, wrong_id=0.0)
AT_BIRTH = Rates(moved=0.0, forename=0.02, surname=0.012, dob=0.001, wrong_id=0.0010)
NONE = Rates(0.0, 0.0, 0.0, 0.0, 0.0)

PLACEHOLDER = 0.0004
HISTORY_KEPT = 0.98  # pds holds the earlier address of one who moved
KNOWN_AS = 0.30  # of those whose forename has other forms: known by one of them
NICKNAME_KEPT = 0.92  # pds holds that form as well
OLD_NAME_KEPT = 0.93  # pds holds the former name of one who changed it
