"""Roles of users: which of them may look up a child at all, and how long they stay signed in."""

from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a user is here for. Whether the role is statutory is a property of the organisation."""

    PRACTITIONER = "practitioner"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    DATA_MANAGER = "data_manager"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return self.value.replace("_", " ")

    @property
    def sees_children(self) -> bool:
        """Whether this role may look up a child; the others never see one."""
        return self in (Role.PRACTITIONER, Role.SAFEGUARDING_LEAD, Role.DATA_MANAGER)

    @property
    def idle(self) -> timedelta:
        """How long a session of this role stays open without being used (security.md V7.1.1)."""
        return timedelta(minutes=15) if self.sees_children else timedelta(minutes=5)

    @property
    def absolute(self) -> timedelta:
        """How long a session of this role lasts at most, however much it is used (security.md V7.1.1)."""
        return timedelta(hours=10) if self.sees_children else timedelta(hours=2)
