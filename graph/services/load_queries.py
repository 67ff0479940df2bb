"""What a load asks of the graph and writes into it: one query each, with the rows that come back."""

from dataclasses import dataclass
from datetime import date
from types import NoneType
from typing import Any

from graph.store import Query


@dataclass(frozen=True)
class Publication:
    """Up to which run the graph may be read, which are being taken back, and which load holds it."""

    published: int
    withdrawn: list[int]
    last_run: int | None
    loading: str | None
    loading_run: int | None
    beat_at: str | None


@dataclass(frozen=True)
class RunNumber:
    """The number of a run."""

    run: int | None


@dataclass(frozen=True)
class Held:
    """Who holds the graph for loading."""

    loading: str


@dataclass(frozen=True)
class Step:
    """A step that took effect."""

    op_id: str


@dataclass(frozen=True)
class RunRow:
    """One run in a list."""

    run: int
    feed: str | None
    supplier: str | None
    kind: str | None
    as_at: str | None
    outcome: str | None
    file: str | None
    rows: int | None
    kept: int | None
    refused: int | None
    skipped: int | None
    started_at: str | None


@dataclass(frozen=True)
class RunProperties:
    """All that is known of one run."""

    properties: dict[str, Any]


@dataclass(frozen=True)
class LastRun:
    """The latest published run of a feed and supplier."""

    run: int
    kind: str
    rows: int
    as_at: date


@dataclass(frozen=True)
class Version:
    """One version of a record."""

    record_version: str


@dataclass(frozen=True)
class Later:
    """A later run and how many subjects it shares."""

    run: int
    subjects: int


@dataclass(frozen=True)
class Thing:
    """An identity node that nothing uses."""

    thing: str


@dataclass(frozen=True)
class Decided:
    """A shield that a person decided."""

    shield_id: str


@dataclass(frozen=True)
class Key:
    """An identity key."""

    key: str


@dataclass(frozen=True)
class AuthorityCode:
    """The two codes of an authority."""

    dfe_code: str
    gss_code: str


@dataclass(frozen=True)
class NumberedSchool:
    """A school's number in its authority, and its identity key."""

    number: str
    key: str


@dataclass(frozen=True)
class ServiceKind:
    """A service and its kind."""

    key: str
    kind: str | None


@dataclass(frozen=True)
class ScopeRow:
    """An open record of a scope."""

    record: str
    version: int
    content_hash: str
    key: str
    subject: str


@dataclass(frozen=True)
class KnownRow:
    """A version of a record."""

    record: str
    version: int
    content_hash: str
    key: str
    subject: str
    open: bool


@dataclass(frozen=True)
class PersonOf:
    """A record and the person it identifies."""

    record: str
    person_id: str


@dataclass(frozen=True)
class Holder:
    """A record that holds a number, and its person."""

    number: str
    person_id: str
    record: str
    subject: str
    forename: str | None
    date_of_birth: str | None


@dataclass(frozen=True)
class Candidate:
    """A record that may be about the same person, and its person."""

    person_id: str
    record: str
    forename: str | None
    preferred_forename: str | None
    family_name: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: list[str] | None
    date_of_birth: str | None
    postcode: str | None
    former_postcodes: list[str] | None


@dataclass(frozen=True)
class Numbers:
    """What the open records of a person say that matching asks."""

    person_id: str
    nhs_numbers: list[str]
    upns: list[str]
    multiple_birth: bool
    forenames: list[str]


@dataclass(frozen=True)
class Identity:
    """What an open record of a child says of who the child is."""

    person: str
    record: str
    source: str
    supplier: str
    local_id: str | None
    forename: str | None
    middle_names: str | None
    family_name: str | None
    preferred_forename: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: list[str] | None
    date_of_birth: str | None
    sex: str | None
    postcode: str | None
    former_postcodes: list[str] | None
    nhs_number: str | None
    upn: str | None
    multiple_birth: bool | None
    homes: list[list[str | None]]


@dataclass(frozen=True)
class PastRun:
    """A run that stands: which file or decision it took, and when."""

    run: int
    file: str | None
    started_at: str | None


@dataclass(frozen=True)
class SaidBefore:
    """What the newest version of a record says of who it is."""

    record: str
    forename: str | None
    middle_names: str | None
    family_name: str | None
    preferred_forename: str | None
    preferred_family_name: str | None
    former_family_name: str | None
    other_names: list[str] | None
    date_of_birth: str | None
    sex: str | None
    postcode: str | None
    former_postcodes: list[str] | None
    nhs_number: str | None
    upn: str | None
    multiple_birth: bool | None
    nino_hash: str | None


@dataclass(frozen=True)
class KeyUse:
    """A key that was used again, and how often it has been begun anew."""

    key: str
    uses: int


@dataclass(frozen=True)
class AtHome:
    """A child who lives at an address."""

    address: str
    child: str


@dataclass(frozen=True)
class CarerSaid:
    """What one open record says of who cares for a child."""

    child: str
    person: str
    record: str
    relationship: str | None
    forename: str | None
    family_name: str | None
    date_of_birth: str | None
    nino_hash: str | None


@dataclass(frozen=True)
class Apart:
    """Two persons whom people have decided to be different."""

    one: str
    other: str


@dataclass(frozen=True)
class Questioned:
    """Two persons of whom people are asked whether they are one."""

    entry: str
    candidate: str


@dataclass(frozen=True)
class Labels:
    """As what a person is known."""

    person_id: str
    is_child: bool
    is_carer: bool


@dataclass(frozen=True)
class OpenFact:
    """An open fact of a record."""

    record: str
    subject_id: str
    fact_id: str
    type: str
    target_id: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Whereabouts:
    """What decides which authority is responsible for a child."""

    person_id: str
    homes: list[list[Any]]
    schools: list[list[Any]]
    responsible: list[list[Any]]


@dataclass(frozen=True)
class WaitingRow:
    """A row in quarantine, in a list: where it came from and why it waits, never what it says."""

    record_version: str
    feed: str
    supplier: str
    run: int
    line: int | None
    reason: str
    shields: list[str]


@dataclass(frozen=True)
class Waiting:
    """A row in quarantine, whole."""

    feed: str
    supplier: str
    payload: str
    record: str
    shields: list[str]


@dataclass(frozen=True)
class WaitingWhole:
    """A row in quarantine as a load compares others with it."""

    record: str
    record_version: str
    shields: list[str]
    payload: str


@dataclass(frozen=True)
class Stopped:
    """Who stopped a feed."""

    by: str


FIND_STOPPED_FEED = Query("loads/find_stopped_feed", Stopped)
STOP_FEED = Query("loads/stop_feed", NoneType)
START_FEED = Query("loads/start_feed", NoneType)
SHOW_PUBLICATION = Query("loads/show_publication", Publication)
TAKE_PUBLICATION = Query("loads/take_publication", RunNumber)
SEIZE_PUBLICATION = Query("loads/seize_publication", RunNumber)
HOLD_PUBLICATION = Query("loads/hold_publication", Held)
FREE_PUBLICATION = Query("loads/free_publication", NoneType)
FIND_STEP = Query("loads/find_step", Step)
SAVE_RUN = Query("loads/save_run", NoneType)
PUBLISH_RUN = Query("loads/publish_run", NoneType)
WITHDRAW_RUN = Query("loads/withdraw_run", NoneType)
FINISH_UNDO = Query("loads/finish_undo", NoneType)
LIST_RUNS = Query("loads/list_runs", RunRow)
SHOW_RUN = Query("loads/show_run", RunProperties)
FIND_SAME_FILE = Query("loads/find_same_file", RunNumber)
FIND_LAST_RUN = Query("loads/find_last_run", LastRun)

LIST_SCOPE = Query("loads/list_scope", ScopeRow)
LIST_KNOWN = Query("loads/list_known", KnownRow)
LIST_WAITING_ROWS = Query("loads/list_waiting_rows", WaitingWhole)
LIST_WAITING = Query("loads/list_waiting", WaitingRow)
SHOW_WAITING = Query("loads/show_waiting", Waiting)
LIST_QUARANTINED = Query("loads/list_quarantined", Key)
LIST_PERSONS_OF = Query("loads/list_persons_of", PersonOf)
FIND_BY_NHS_NUMBER = Query("loads/find_by_nhs_number", Holder)
FIND_BY_UPN = Query("loads/find_by_upn", Holder)
FIND_BY_LOCAL_ID = Query("loads/find_by_local_id", Holder)
FIND_BY_FAMILY_NAME = Query("loads/find_by_family_name", Candidate)
FIND_BY_POSTCODE = Query("loads/find_by_postcode", Candidate)
LIST_IDENTITIES = Query("loads/list_identities", Identity)
FIND_NEAR = Query("loads/find_near", Key)
LIST_CHILDREN = Query("loads/list_children", Key)
LIST_RUN_CHILDREN = Query("loads/list_run_children", Key)
LIST_HISTORY = Query("loads/list_history", PastRun)
LIST_WITHDRAWN = Query("loads/list_withdrawn", Key)
LIST_EVER_HELD = Query("loads/list_ever_held", Key)
LIST_SAID_BEFORE = Query("loads/list_said_before", SaidBefore)
LIST_KEY_USES = Query("loads/list_key_uses", KeyUse)
LIST_CHILDREN_AT = Query("loads/list_children_at", AtHome)
LIST_CARERS_OF = Query("loads/list_carers_of", CarerSaid)
LIST_APART = Query("loads/list_apart", Apart)
LIST_QUESTIONS = Query("loads/list_questions", Questioned)
LIST_APART_OF = Query("loads/list_apart_of", Apart)
LIST_QUESTIONS_OF = Query("loads/list_questions_of", Questioned)
LIST_LABELS = Query("loads/list_labels", Labels)
LIST_NUMBERS = Query("loads/list_numbers", Numbers)
LIST_EXISTING_ADDRESSES = Query("loads/list_existing_addresses", Key)
LIST_EXISTING_SERVICES = Query("loads/list_existing_services", Key)
LIST_EXISTING_PRACTITIONERS = Query("loads/list_existing_practitioners", Key)
LIST_EXISTING_AUTHORITIES = Query("loads/list_existing_authorities", Key)
LIST_AUTHORITY_CODES = Query("loads/list_authority_codes", AuthorityCode)
LIST_SCHOOLS_NUMBERED = Query("loads/list_schools_numbered", NumberedSchool)
LIST_SERVICE_KINDS = Query("loads/list_service_kinds", ServiceKind)
LIST_PERSON_FACTS = Query("loads/list_person_facts", OpenFact)
LIST_SERVICE_FACTS = Query("loads/list_service_facts", OpenFact)
LIST_PRACTITIONER_FACTS = Query("loads/list_practitioner_facts", OpenFact)
LIST_WHEREABOUTS = Query("loads/list_whereabouts", Whereabouts)

SAVE_ADDRESSES = Query("loads/save_addresses", NoneType)
SAVE_SERVICES = Query("loads/save_services", NoneType)
SAVE_SCHOOLS = Query("loads/save_schools", NoneType)
SAVE_PRACTICES = Query("loads/save_practices", NoneType)
SAVE_PRACTITIONERS = Query("loads/save_practitioners", NoneType)
SAVE_AUTHORITIES = Query("loads/save_authorities", NoneType)
CREATE_PERSONS = Query("loads/create_persons", NoneType)
ADD_LABELS = Query("loads/add_labels", NoneType)
CREATE_PERSON_RECORDS = Query("loads/create_person_records", NoneType)
CREATE_WITHDRAWN = Query("loads/create_withdrawn", NoneType)
CREATE_POSSIBLE_SAME_AS = Query("loads/create_possible_same_as", NoneType)
CREATE_SERVICE_RECORDS = Query("loads/create_service_records", NoneType)
CREATE_PRACTITIONER_RECORDS = Query("loads/create_practitioner_records", NoneType)
CREATE_AUTHORITY_RECORDS = Query("loads/create_authority_records", NoneType)
CREATE_QUARANTINED = Query("loads/create_quarantined", NoneType)
END_RECORDS = Query("loads/end_records", NoneType)
CONFIRM_RECORDS = Query("loads/confirm_records", NoneType)
CREATE_CARED_FOR_BY = Query("loads/create_cared_for_by", NoneType)
CREATE_LIVES_AT = Query("loads/create_lives_at", NoneType)
CREATE_ATTENDS = Query("loads/create_attends", NoneType)
CREATE_REGISTERED_WITH = Query("loads/create_registered_with", NoneType)
CREATE_INVOLVES = Query("loads/create_involves", NoneType)
CREATE_SEEN_BY = Query("loads/create_seen_by", NoneType)
CREATE_WORKS_FOR = Query("loads/create_works_for", NoneType)
CREATE_IN_AREA = Query("loads/create_in_area", NoneType)
CREATE_RESPONSIBILITY_OF = Query("loads/create_responsibility_of", NoneType)
END_PERSON_FACTS = Query("loads/end_person_facts", NoneType)
END_SERVICE_FACTS = Query("loads/end_service_facts", NoneType)
END_PRACTITIONER_FACTS = Query("loads/end_practitioner_facts", NoneType)

LIST_RUN_RECORDS = Query("loads/list_run_records", Version)
DELETE_RUN_FACTS = Query("loads/delete_run_facts", NoneType)
OPEN_RUN_FACTS = Query("loads/open_run_facts", NoneType)
LIST_PERSONS_OF_VERSIONS = Query("loads/list_persons_of_versions", Key)
DELETE_RUN_RECORDS = Query("loads/delete_run_records", NoneType)
OPEN_RUN_RECORDS = Query("loads/open_run_records", NoneType)
DELETE_RUN_PERSONS = Query("loads/delete_run_persons", NoneType)
DROP_CHILD_LABELS = Query("loads/drop_child_labels", NoneType)
DROP_CARER_LABELS = Query("loads/drop_carer_labels", NoneType)
LIST_CONFIRMED = Query("loads/list_confirmed", Version)
UNCONFIRM_RECORDS = Query("loads/unconfirm_records", NoneType)
LIST_RUN_THINGS = Query("loads/list_run_things", Thing)
DELETE_THINGS = Query("loads/delete_things", NoneType)
LIST_LATER_RUNS = Query("loads/list_later_runs", Later)
LIST_LATER_FACTS = Query("loads/list_later_facts", Later)
LIST_RUN_WITHDRAWN = Query("loads/list_run_withdrawn", Key)
DELETE_WITHDRAWN = Query("loads/delete_withdrawn", NoneType)
LIST_LATER_PROPOSALS = Query("loads/list_later_proposals", Later)
LIST_DECIDED_SHIELDS = Query("loads/list_decided_shields", Decided)
LIST_STATEMENTS = Query("loads/list_statements", Key)
LIST_JUDGEMENTS = Query("loads/list_judgements", Key)

FACT_WRITERS: dict[str, Query[Any]] = {
    "CARED_FOR_BY": CREATE_CARED_FOR_BY,
    "LIVES_AT": CREATE_LIVES_AT,
    "ATTENDS": CREATE_ATTENDS,
    "REGISTERED_WITH": CREATE_REGISTERED_WITH,
    "INVOLVES": CREATE_INVOLVES,
    "SEEN_BY": CREATE_SEEN_BY,
    "WORKS_FOR": CREATE_WORKS_FOR,
    "IN_AREA": CREATE_IN_AREA,
    "RESPONSIBILITY_OF": CREATE_RESPONSIBILITY_OF,
}
