"""Every reason why a row or a cell is not taken, each with its sentence for people."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a row is refused, or a cell that it can do without is left out."""

    MISSING_VALUE = "missing_value"
    BAD_CHARACTERS = "bad_characters"
    TOO_LONG = "too_long"
    NOT_A_NAME = "not_a_name"
    BAD_DATE = "bad_date"
    IMPLAUSIBLE_DATE = "implausible_date"
    DATE_IN_FUTURE = "date_in_future"
    ENDS_BEFORE_START = "ends_before_start"
    BAD_NHS_NUMBER = "bad_nhs_number"
    BAD_UPN = "bad_upn"
    BAD_NINO = "bad_nino"
    BAD_POSTCODE = "bad_postcode"
    BAD_URN = "bad_urn"
    BAD_ODS_CODE = "bad_ods_code"
    BAD_GSS_CODE = "bad_gss_code"
    BAD_DFE_CODE = "bad_dfe_code"
    BAD_LAESTAB = "bad_laestab"
    BAD_NUMBER = "bad_number"
    BAD_KEY = "bad_key"
    BAD_TELEPHONE = "bad_telephone"
    BAD_EMAIL = "bad_email"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_KIND = "unknown_kind"
    CONSENT_DATE_MISSING = "consent_date_missing"
    BASIS_MISSING = "basis_missing"
    DUPLICATE_KEY = "duplicate_key"
    RAGGED_ROW = "ragged_row"
    MALFORMED_ROW = "malformed_row"
    WRONG_SHAPE = "wrong_shape"


class Skip(StrEnum):
    """Why a row is rightly in the file and not for us."""

    NOT_A_GP_PRACTICE = "not_a_gp_practice"
    NOT_IN_ENGLAND = "not_in_england"
    NOT_A_CHILD = "not_a_child"
    REDACTED = "redacted"
    OTHER_RESOURCE = "other_resource"
    ONLY_A_REFERENCE = "only_a_reference"
    NOT_ACTIVE = "not_active"


SENTENCES: dict[str, str] = {
    Reason.MISSING_VALUE: "A value that every row must have is empty.",
    Reason.BAD_CHARACTERS: "The value holds characters that no text should hold (control or direction marks).",
    Reason.TOO_LONG: "The value is longer than its column allows.",
    Reason.NOT_A_NAME: "The value holds no letter, so it is not a name.",
    Reason.BAD_DATE: "The value is not a date in the format that this feed declares.",
    Reason.IMPLAUSIBLE_DATE: "The date lies earlier than its column allows (1850 for people), or after 2100.",
    Reason.DATE_IN_FUTURE: "The date lies after the date of the file.",
    Reason.ENDS_BEFORE_START: "The end lies before the start.",
    Reason.BAD_NHS_NUMBER: "The value is not an NHS number: ten digits, the last a check digit, not all the same.",
    Reason.BAD_UPN: "The value is not a unique pupil number: the shape or the check letter is wrong.",
    Reason.BAD_NINO: "The value does not have the shape of a national insurance number.",
    Reason.BAD_POSTCODE: "The value does not have the shape of a postcode.",
    Reason.BAD_URN: "The value is not a school's URN of six digits.",
    Reason.BAD_ODS_CODE: "The value is not an ODS code of capital letters and digits.",
    Reason.BAD_GSS_CODE: "The value is not a GSS code: a capital letter and eight digits.",
    Reason.BAD_DFE_CODE: "The value is not an authority's code of three digits.",
    Reason.BAD_LAESTAB: "The value is not a school's number: three digits of the authority and four of the school.",
    Reason.BAD_NUMBER: "The value is not a whole number of the size that its column allows.",
    Reason.BAD_KEY: "The value cannot be a key: letters, digits and . _ - : / only, at most 64.",
    Reason.BAD_TELEPHONE: "The value does not have the shape of a telephone number.",
    Reason.BAD_EMAIL: "The value does not have the shape of an e-mail address.",
    Reason.UNKNOWN_CODE: "The value is not one of the closed list of its column.",
    Reason.UNKNOWN_KIND: "Nobody has classified this kind of service, so the row is not taken.",
    Reason.CONSENT_DATE_MISSING: "The basis is consent, and the date of the consent is empty.",
    Reason.BASIS_MISSING: "The service is of a sensitive kind, and the row names no basis that allows it to be held.",
    Reason.DUPLICATE_KEY: "An earlier row of the file has the same key; the first one stands.",
    Reason.RAGGED_ROW: "The row has more or fewer cells than the file has columns.",
    Reason.MALFORMED_ROW: "The row cannot be taken apart: a quotation mark or a bracket is out of place.",
    Reason.WRONG_SHAPE: "The row is not built as its format says, a list where a value belongs or the reverse.",
    Skip.NOT_A_GP_PRACTICE: "The organisation is not a GP practice with which a child can be registered.",
    Skip.NOT_IN_ENGLAND: "The organisation is not in England.",
    Skip.NOT_A_CHILD: "The person was older than 25 at the date of the file.",
    Skip.REDACTED: "The supplier says that this record must not be used.",
    Skip.ONLY_A_REFERENCE: "The related person has no name: the entry only points at another record.",
    Skip.NOT_ACTIVE: "The supplier says that this relationship is no longer in use.",
    Skip.OTHER_RESOURCE: "The entry describes something other than a patient or a related person.",
}


def sentence(code: str) -> str:
    """The sentence for people that goes with a refusal or skip code."""
    return SENTENCES[code]
