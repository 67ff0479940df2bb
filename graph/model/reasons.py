"""The closed list of reasons for looking up a child: duties for wellbeing and safeguarding, and no others."""

import re
from dataclasses import dataclass

from graph.model.errors import Refused

_CASE_REFERENCE = re.compile(r"[A-Za-z0-9]{0,20}", re.ASCII)


@dataclass(frozen=True)
class Reason:
    """One reason: its code in the audit, its words on the form, and the duty that it rests on."""

    code: str
    words: str
    basis: str


_SECTION_10 = "Children Act 2004, section 10"
_SECTION_11 = "Children Act 2004, section 11"
_SECTION_175 = "Education Act 2002, section 175"
_SECTION_436A = "Education Act 1996, section 436A"

REASONS: tuple[Reason, ...] = (
    Reason("wellbeing", "Concern about a child’s wellbeing", _SECTION_10),
    Reason("coordinate_support", "Coordinating support with other services", _SECTION_10),
    Reason("early_help", "Early help assessment", _SECTION_10),
    Reason("safeguarding", "Safeguarding concern", _SECTION_11),
    Reason("child_protection", "Child protection enquiry or plan", _SECTION_11),
    Reason("school_safeguarding", "Safeguarding of a pupil", _SECTION_175),
    Reason("attendance", "Attendance concern", _SECTION_175),
    Reason("missing_education", "Child who may be missing education", _SECTION_436A),
)
_BY_CODE = {reason.code: reason for reason in REASONS}


def reason_coded(code: str) -> Reason:
    """The reason of that code; Refused if it is not on the list."""
    if code not in _BY_CODE:
        raise Refused("Choose a reason from the list. A child may be looked up for one of these reasons only.")
    return _BY_CODE[code]


def check_case_reference(text: str) -> str:
    """The case reference without spaces around it; Refused unless it is at most 20 letters and digits."""
    if not _CASE_REFERENCE.fullmatch(text.strip()):
        raise Refused("A case reference has at most 20 letters and digits. Leave out spaces, names and anything else.")
    return text.strip()
