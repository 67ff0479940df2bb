"""Small pieces of a graph for tests: keyword-only, with sensible defaults, in the shape of docs/graph.md."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyotp

from graph.model import clock
from graph.model.audit import shard_of
from graph.model.names import search_parts
from graph.model.roles import Role
from graph.services import access
from graph.services.index_query import born_words
from graph.store import Database

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SCHOOL = "urn:100001"
PRACTICE = "ods:A81001"
AREA = "E06000001"


@dataclass(frozen=True)
class GivenUser:
    """A test's user and what it signs in with."""

    username: str
    password: str
    totp_uri: str

    def code(self, later: int = 0) -> str:
        """What the authenticator shows now, or so many steps later."""
        moment = int(clock.now().timestamp()) + 30 * later
        totp = pyotp.parse_uri(self.totp_uri)
        assert isinstance(totp, pyotp.TOTP)
        return totp.at(moment)


def given_run(
    db: Database,
    *,
    run: int = 1,
    feed: str = "pds",
    supplier: str = "NHS",
    as_at: date | None = None,
    kind: str = "full",
    every_days: int = 30,
    title: str = "NHS patient register",
    national: bool = True,
    publish: bool = True,
) -> int:
    """A run, published unless told otherwise."""
    _run(
        db,
        """
        MERGE (run:Run {run: $run})
        SET run += $properties
        MERGE (publication:Publication {id: "graph"})
        ON CREATE SET publication.published = 0, publication.withdrawn = []
        SET publication.published =
          CASE WHEN $publish AND publication.published < $run THEN $run ELSE publication.published END
        """,
        run=run,
        publish=publish,
        properties={
            "feed": feed,
            "supplier": supplier,
            "as_at": as_at or clock.day_in_england(clock.now()),
            "kind": kind,
            "every_days": every_days,
            "title": title,
            "national": national,
            "outcome": "published" if publish else "loading",
            "sha256": secrets.token_hex(32),
        },
    )
    return run


def given_area(db: Database, *, gss_code: str = AREA, name: str = "Northshire", run: int = 1) -> str:
    """A local authority with its record."""
    return _given_described(db, "LocalAuthority", "gss_code", gss_code, run=run, source="authorities", name=name)


def given_service(
    db: Database,
    *,
    service_id: str = SCHOOL,
    name: str = "Hillbrook Primary School",
    kind: str = "school",
    run: int = 1,
    **properties: Any,
) -> str:
    """A service, school or practice with the record that describes it."""
    labels = {"school": "Service:School", "gp_practice": "Service:GPPractice"}.get(kind, "Service")
    return _given_described(
        db, labels, "service_id", service_id, run=run, source="directory", name=name, kind=kind, **properties
    )


def given_practitioner(
    db: Database, *, practitioner_id: str = "northshire:P1", name: str = "Priya Nair", run: int = 1, **properties: Any
) -> str:
    """A practitioner with the record that describes her."""
    return _given_described(
        db, "Practitioner", "practitioner_id", practitioner_id, run=run, source="involvements", name=name, **properties
    )


def given_child(
    db: Database,
    *,
    child_id: str | None = None,
    forename: str | None = "Ana",
    family_name: str | None = "Costa",
    date_of_birth: date | None = date(2017, 6, 4),
    sex: str | None = "female",
    area: str | None = AREA,
    source: str = "pds",
    supplier: str = "NHS",
    run: int = 1,
    **properties: Any,
) -> str:
    """A child known by one record, in an area if one is given."""
    made = child_id or "".join(secrets.choice(_LETTERS) for _ in range(10))
    _run(db, "CREATE (:Person:Child {person_id: $id, child_id: $id, run: $run})", id=made, run=run)
    given_record(
        db,
        child_id=made,
        forename=forename,
        family_name=family_name,
        date_of_birth=date_of_birth,
        sex=sex,
        source=source,
        supplier=supplier,
        run=run,
        **properties,
    )
    if area is not None:
        _run(db, "MERGE (:LocalAuthority {gss_code: $gss_code})", gss_code=area)
        given_fact(
            db, child_id=made, type="RESPONSIBILITY_OF", target=area, source="computed", supplier="signpost", run=run
        )
    return made


def given_record(
    db: Database,
    *,
    child_id: str,
    source: str = "pds",
    supplier: str = "NHS",
    key: str | None = None,
    run: int = 1,
    **properties: Any,
) -> str:
    """A further record of a child; the answer is its `record`, by which facts name it."""
    names = [
        properties.get(name)
        for name in ("forename", "preferred_forename", "middle_names", "family_name", "former_family_name")
    ]
    return _given_person_record(
        db,
        child_id,
        {"subject": "child", "source": source, "supplier": supplier, "run": run, **properties},
        key=key or child_id,
        search_names=list(search_parts(names)),
    )


def given_carer(
    db: Database,
    *,
    child_id: str,
    forename: str = "Maria",
    family_name: str = "Costa",
    relationship: str | None = "mother",
    parental_responsibility: bool | None = True,
    since: date | None = None,
    until: date | None = None,
    source: str = "pds",
    supplier: str = "NHS",
    address_id: str | None = None,
    telephone: str | None = None,
    run: int = 1,
) -> str:
    """A carer of a child with a record of their own; the answer is the carer's person_id."""
    made = "".join(secrets.choice(_LETTERS) for _ in range(10))
    _run(db, "CREATE (:Person:Carer {person_id: $id, run: $run})", id=made, run=run)
    said: dict[str, Any] = {"source": source, "supplier": supplier, "run": run}
    person = {"forename": forename, "family_name": family_name, "telephone": telephone}
    record = _given_person_record(
        db,
        made,
        {"subject": "carer", **said, **person},
        key=made,
        search_names=list(search_parts([forename, family_name])),
    )
    given_fact(
        db,
        child_id=child_id,
        type="CARED_FOR_BY",
        target=made,
        since=since,
        until=until,
        source=source,
        supplier=supplier,
        run=run,
        relationship=relationship,
        parental_responsibility=parental_responsibility,
    )
    if address_id is not None:
        given_fact(db, child_id=made, type="LIVES_AT", target=address_id, record=record, **said)
    return made


def given_address(
    db: Database,
    *,
    address_id: str = "address-1",
    line_1: str = "14 Larch Road",
    line_2: str = "Eastway",
    postcode: str = "NS1 2AB",
    area: str = AREA,
    run: int = 1,
) -> str:
    """An address in an area."""
    _run(
        db,
        """
        MERGE (area:LocalAuthority {gss_code: $area})
        CREATE (address:Address {address_id: $address_id, run: $run})-[:IN_AREA]->(area)
        SET address += $properties
        """,
        area=area,
        address_id=address_id,
        run=run,
        properties={"line_1": line_1, "line_2": line_2, "postcode": postcode},
    )
    return address_id


def given_involvement(
    db: Database,
    *,
    child_id: str,
    service_id: str,
    practitioner_id: str | None = None,
    involvement: str | None = None,
    lead: bool = False,
    role: str | None = None,
    since: date | None = None,
    until: date | None = None,
    supplier: str = "northshire",
    run: int = 1,
    **properties: Any,
) -> str:
    """An involvement with its own record of the child, and who sees the child there."""
    made = involvement or secrets.token_hex(4)
    record = given_record(
        db, child_id=child_id, source="involvements", supplier=supplier, key=made, run=run, **properties
    )
    said: dict[str, Any] = {
        "child_id": child_id,
        "record": record,
        "source": "involvements",
        "supplier": supplier,
        "run": run,
        "since": since,
        "until": until,
        "involvement": made,
    }
    given_fact(db, type="INVOLVES", target=service_id, **said)
    if practitioner_id is not None:
        given_fact(db, type="SEEN_BY", target=practitioner_id, role=role, lead=lead, **said)
    return record


_TARGETS = {
    "CARED_FOR_BY": "Person {person_id",
    "LIVES_AT": "Address {address_id",
    "ATTENDS": "Service {service_id",
    "REGISTERED_WITH": "Service {service_id",
    "INVOLVES": "Service {service_id",
    "SEEN_BY": "Practitioner {practitioner_id",
    "RESPONSIBILITY_OF": "LocalAuthority {gss_code",
    "WORKS_FOR": "Service {service_id",
    "IN_AREA": "LocalAuthority {gss_code",
}


def given_fact(
    db: Database,
    *,
    child_id: str,
    type: str,
    target: str,
    source: str = "pds",
    supplier: str = "NHS",
    record: str | None = None,
    run: int = 1,
    ended_run: int | None = None,
    since: date | None = None,
    until: date | None = None,
    **properties: Any,
) -> str:
    """One relationship of the circle, said by the record of this source and supplier; the answer is its fact_id."""
    fact_id = secrets.token_hex(8)
    kept = {name: value for name, value in properties.items() if value is not None}
    _run(
        db,
        f"""
        MATCH (child:Person {{person_id: $child_id}}), (target:{_TARGETS[type]}: $target}})
        CREATE (child)-[fact:{type}]->(target)
        SET fact = $properties
        """,
        child_id=child_id,
        target=target,
        properties={
            "fact_id": fact_id,
            "record": record or record_name(source, supplier, child_id),
            "source": source,
            "supplier": supplier,
            "run": run,
            "ended_run": ended_run,
            "from": since,
            "to": until,
            **kept,
        },
    )
    return fact_id


def given_post(db: Database, *, practitioner_id: str, service_id: str, run: int = 1, **more: Any) -> None:
    """That a practitioner works for a service."""
    _given_link(db, "Practitioner {practitioner_id", practitioner_id, "WORKS_FOR", service_id, run=run, **more)


def given_service_area(db: Database, *, service_id: str, gss_code: str = AREA, run: int = 1) -> None:
    """That a service works in an area."""
    _given_link(db, "Service {service_id", service_id, "IN_AREA", gss_code, run=run)


def _given_link(
    db: Database,
    subject: str,
    start: str,
    type: str,
    target: str,
    *,
    run: int,
    since: date | None = None,
    until: date | None = None,
    **properties: Any,
) -> None:
    _run(
        db,
        f"""
        MATCH (subject:{subject}: $start}}), (target:{_TARGETS[type]}: $target}})
        CREATE (subject)-[fact:{type}]->(target)
        SET fact = $properties
        """,
        start=start,
        target=target,
        properties={"fact_id": secrets.token_hex(8), "run": run, "from": since, "to": until, **properties},
    )


def given_shield(db: Database, *, child_id: str, until: date | None = None) -> None:
    """A shield on a child, from today."""
    _run(
        db,
        """
        MATCH (child:Child {child_id: $child_id})
        CREATE (shield:Shield {shield_id: randomUUID()})-[:SHIELDS]->(child)
        SET shield.from = $since, shield.to = $until
        """,
        child_id=child_id,
        since=clock.day_in_england(clock.now()) - timedelta(days=1),
        until=until,
    )


def given_user(
    db: Database,
    *,
    username: str = "dawn",
    name: str = "Dawn Okoro",
    role: Role = Role.PRACTITIONER,
    organisation: str = "Hillbrook Primary School",
    authority: str | None = AREA,
    **more: Any,
) -> GivenUser:
    """An account made by the real service."""
    made = access.record_user(
        db, username=username, name=name, role=role, organisation=organisation, authority=authority, by="test", **more
    )
    return GivenUser(made.username, made.password, made.totp_uri)


def given_session(
    db: Database,
    *,
    username: str = "dawn",
    name: str = "Dawn Okoro",
    role: Role = Role.PRACTITIONER,
    organisation: str = "Hillbrook Primary School",
    authority: str | None = AREA,
    statutory: bool = False,
    practitioner_id: str | None = None,
    service_id: str | None = None,
) -> str:
    """The token of a new user who has signed in, by the real queries but without a password: hashing takes long."""
    user_id, token = secrets.token_hex(8), secrets.token_urlsafe(32)
    db.write(
        access.RECORD_USER,
        user_id=user_id,
        username=username,
        name=name,
        role=role.value,
        organisation=organisation,
        authority=authority,
        statutory=statutory,
        practitioner_id=practitioner_id,
        service_id=service_id,
        vetted_until=None,
        trained_until=None,
        shard=shard_of(user_id),
        password_hash=access.DUMMY_HASH,
        totp_seed=b"",
    )
    now = clock.milliseconds(clock.now())
    expires_at = now + access.ABSOLUTE // timedelta(milliseconds=1)
    token_hash = access.hash_token(token)
    db.write(
        access.RECORD_SESSION,
        user_id=user_id,
        now=now,
        token_hash=token_hash,
        proven_by=access.BY_CODE,
        expires_at=expires_at,
    )
    return token


def record_name(source: str, supplier: str, key: str) -> str:
    """The `record` that a source, supplier and key make."""
    return hashlib.sha256(f"{source}|{supplier}|{key}".encode()).hexdigest()[:32]


def count(db: Database, label: str) -> int:
    """How many nodes have this label."""
    return sum(1 for _ in db.stream(_adhoc(f"MATCH (node:{label}) RETURN 1 AS one")))


def _given_described(
    db: Database, labels: str, key: str, value: str, *, run: int, source: str, **properties: Any
) -> str:
    record = record_name(source, "builders", value)
    _run(
        db,
        f"""
        MERGE (thing:{labels.partition(":")[0]} {{{key}: $value}})
        SET thing:{labels}, thing.run = $run
        CREATE (record:Record)-[:DESCRIBES {{run: $run}}]->(thing)
        SET record = $properties
        """,
        value=value,
        run=run,
        properties={
            "record": record,
            "record_version": f"{record}:{secrets.token_hex(4)}",
            "source": source,
            "supplier": "builders",
            "key": value,
            "run": run,
            **properties,
        },
    )
    return value


def _given_person_record(
    db: Database, person_id: str, properties: dict[str, Any], *, key: str, search_names: Sequence[str]
) -> str:
    record = record_name(properties["source"], properties["supplier"], key)
    _run(
        db,
        """
        MATCH (person:Person {person_id: $person_id})
        CREATE (record:Record)-[:IDENTIFIES {run: $run, method: "given"}]->(person)
        SET record = $properties
        """,
        person_id=person_id,
        run=properties["run"],
        properties={
            **properties,
            "record": record,
            "record_version": f"{record}:{secrets.token_hex(4)}",
            "key": key,
            "search_names": list(search_names),
            "search_born": born_words(properties.get("date_of_birth")) if properties["subject"] == "child" else None,
        },
    )
    return record


def _run(db: Database, text: str, **parameters: Any) -> None:
    """Runs a statement that only tests need, so it lies in no file."""
    db.write(_adhoc(text), **parameters)


class _Adhoc:
    """A statement of a test, in the shape of a Query."""

    def __init__(self, text: str) -> None:
        self.name = "test"
        self.row = type(None)
        self.text = text


def _adhoc(text: str) -> Any:
    return _Adhoc(text)


def values(db: Database, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement that only a test needs."""
    return list(db.stream(_adhoc(text), **parameters))
