"""Roles of users, and which of them may look up a child at all."""

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
