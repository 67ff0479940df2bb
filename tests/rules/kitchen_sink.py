"""Every label, relationship type and property of docs/graph.md, once: what a query names beside these is misspelt."""

from datetime import UTC, date, datetime
from types import NoneType
from typing import Any

from graph.store import Database
from loaders.tables import FACT_PROPERTIES, RECORD_PROPERTIES

_DAY, _MOMENT = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)

# A node: all its labels at once, and its properties. Where a value's type does not matter it is 1.
NODES: dict[str, tuple[str, ...]] = {
    "Person:Child:Carer": ("person_id", "child_id", "run"),
    "Service:School:GPPractice": ("service_id", "urn", "ods_code", "run"),
    "Practitioner": ("practitioner_id", "source", "code", "run"),
    "Address": ("address_id", "line_1", "line_2", "line_3", "line_4", "postcode", "uprn", "run"),
    "LocalAuthority": ("gss_code", "run"),
    "Record:Quarantined": (
        *("record", "record_version", "version", "source", "supplier", "key", "key_use", "subject", "run", "ended_run"),
        *("content_hash", "line", "file_run", "confirmed_by", "search_names", "family_name_folded", "reason", "at"),
        "search_born",
        *("stays_as", "stays_until", "consent_given_on"),
        *("payload", "shields", "said_on", "said_at", "said_by", "unsaid_at"),
        *RECORD_PROPERTIES,
    ),
    "Shield": (
        *("shield_id", "ground", "state", "decided_by", "ended_by", "review_on", "from", "to", "held_for", "addresses"),
        *("forenames", "family_names", "dates_of_birth", "postcodes", "nhs_numbers", "upns", "owner"),
    ),
    "ShieldProposal": (
        *("proposal_id", "open_for", "child_id", "authority", "wanted", "ground", "evidence", "words", "review_on"),
        *("urgent", "shield_id", "proposed_by", "proposed_on", "proposed_at", "due_on", "verdict", "decided_by"),
        *("decided_at", "locked_by"),
    ),
    "Override": (
        *("override_id", "child_id", "authority", "user_id", "session", "words", "at", "until", "ended_at", "due_on"),
        *("owner", "finding", "found_at", "locked_by"),
    ),
    "Notice": ("notice_id", "kind", "authority", "about", "at", "answered_at"),
    "Asking": (
        *("asking_id", "child_id", "authority", "reason", "asked_by", "asked_on", "asked_at", "due_on", "outcome"),
        *("contact", "settled_by", "settled_at", "locked_by"),
    ),
    "Run": (
        *("run", "feed", "supplier", "as_at", "kind", "every_days", "title", "national", "outcome", "file", "sha256"),
        *("rows", "kept", "refused", "skipped", "started_at", "published_at", "undone_at"),
    ),
    "Publication": (
        *("id", "published", "withdrawn", "last_run", "last_op", "loading", "loading_run", "beat_at", "said_op"),
    ),
    "Feed": ("feed", "stopped_by", "stopped_at"),
    "WithdrawnNumber": ("nhs_number", "run"),
    "Demonstration": ("id", "at"),
    "User": (
        *("user_id", "username", "name", "role", "organisation", "statutory", "authority", "practitioner_id"),
        *("service_id", "status", "vetted_until", "trained_until", "shard", "locked_by", "looked_run", "looked_at"),
        "home_keys",
        *("may_override", "children_a_day"),
    ),
    "Credential": ("password_hash", "totp_seed", "last_step"),
    "Session": (
        *("token_hash", "user_id", "proven_by", "created_at", "seen_at", "expires_at", "ended_at", "ended_because"),
    ),
    "Brake": ("key", "failures", "at", "wait_until", "slowed_at", "locked_by"),
    "Challenge": ("key", "purpose", "bound_to", "about", "expires_at"),
    "Passkey": ("credential_id", "public_key", "sign_count", "name", "backed_up", "added_at", "used_at"),
    "Proof": ("key", "token_hash", "action", "about", "by", "at"),
    "Application": (
        *("application_id", "kind", "state", "username", "name", "role", "organisation", "authority", "statutory"),
        *("practitioner_id", "service_id", "vetted_until", "trained_until", "word_hash", "asked_by", "asker"),
        *("asked_at", "decided_by", "decided_at", "locked_by", "children_a_day"),
    ),
    "Activation": ("key", "user_id", "word_hash", "expires_at", "tries", "used_at", "locked_by"),
    "Device": ("key", "user_id", "first_at", "seen_at"),
    "Look": ("user_id", "child_id", "run", "at", "before_run", "before_at"),
    "AuditHead": ("shard", "seq", "hash", "locked_by"),
    "AuditEvent": (
        *("key", "op_id", "shard", "seq", "at", "actor", "action", "decision", "child_refs", "content", "prev", "hash"),
    ),
    "Quality": ("at", "run", "figures"),
    "Request": (
        *(
            "request_id",
            "child_id",
            "kind",
            "wrong",
            "objector",
            "facts",
            "authority",
            "asked_by",
            "asked_on",
            "asked_at",
        ),
        *("refusal", "review_on", "told"),
        *("due_on", "state", "taken_by", "taken_at", "outcome", "settled_by", "settled_on", "settled_at", "locked_by"),
    ),
    "Judgement": (
        *("judgement_id", "kind", "record", "entry", "candidate", "authority", "reason", "weight", "margin", "parts"),
        *("policy", "model", "said", "settled", "by", "at", "on", "after", "run", "records", "since", "undoes"),
        "locked_by",
    ),
    "Alert": (
        *("alert_id", "about", "signal", "user_id", "child_id", "due_on", "state", "owner", "times", "last_at"),
        *("outcome", "settled_by", "settled_at", "locked_by"),
    ),
    "WatchMark": ("id", "up_to"),
    "Canary": ("child_id",),
    # A first load takes nodes along under this label.
    "Carried": ("carried_as",),
}
# What a practitioner says in Signpost carries more than what a feed says.
_SAID = ("said_on", "said_at", "said_after", "unsaid_at", "corrects")
_FACT = ("fact_id", "record", "source", "supplier", "run", "file_run", "ended_run", "from", "to", *_SAID)
RELATIONSHIPS: dict[str, tuple[str, ...]] = {
    "IDENTIFIES": ("method", "score", "parts", "policy", "model", "by", "basis", "run", "ended_run"),
    "DESCRIBES": ("run", "ended_run"),
    "CARED_FOR_BY": (*_FACT, "carer_record", *FACT_PROPERTIES),
    "LIVES_AT": _FACT,
    "ATTENDS": _FACT,
    "REGISTERED_WITH": _FACT,
    "INVOLVES": _FACT,
    "SEEN_BY": _FACT,
    "WORKS_FOR": _FACT,
    "IN_AREA": _FACT,
    "RESPONSIBILITY_OF": _FACT,
    "SHIELDS": (),
    "HAS_CREDENTIAL": (),
    "HAS_PASSKEY": (),
    "ACTS_AS": (),
    "ABOUT": (),
    "MUST_NOT_LINK": ("judgement_id", "by", "at"),
    "POSSIBLE_SAME_AS": (
        *("record", "reason", "weight", "margin", "parts", "policy", "model", "run", "file_run", "ended_run"),
    ),
}
_TYPED: dict[str, Any] = dict.fromkeys(("at", "started_at", "published_at", "beat_at", "undone_at"), _MOMENT)
_TYPED |= dict.fromkeys(
    ("from", "to", "as_at", "review_on", "date_of_birth", "died_on", "said_on", "stays_until"), _DAY
)


def make_everything_once(db: Database) -> None:
    """Makes one node of each kind and one relationship of each type, with every property; unique keys are `sink`."""
    for labels, properties in NODES.items():
        _write(db, f"MERGE (node:{labels} {{{properties[0]}: 'sink'}}) SET node += $properties", properties[1:])
    for type_, properties in RELATIONSHIPS.items():
        _write(
            db,
            f"MATCH (start:Carried), (end:Feed {{feed: 'sink'}}) CREATE (start)-[link:{type_}]->(end) "
            "SET link = $properties",
            properties,
        )


class _Made:
    row, name = NoneType, "kitchen sink"

    def __init__(self, text: str) -> None:
        self.text = text


def _write(db: Database, text: str, properties: tuple[str, ...]) -> None:
    statement: Any = _Made(text)
    db.write(statement, properties={name: _TYPED.get(name, 1) for name in properties})
