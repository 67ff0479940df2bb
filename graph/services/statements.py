"""What practitioners say of their own involvements: recorded, corrected, ended, taken back (decision 11)."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b, sha256
from typing import Any, TypeVar

from graph.model import clock
from graph.model.errors import Conflict, NotFound, ProgrammeError, Refused
from graph.model.evidence import Saying, SeenChild
from graph.model.kinds import Visibility, kind_named
from graph.model.reasons import reason_coded
from graph.model.roles import Role
from graph.model.statements import (
    RUN,
    SOURCE,
    TITLE,
    Basis,
    Draft,
    OwnInvolvement,
    OwnService,
    Removal,
    check_draft,
    check_until,
    roles_for,
    standing,
)
from graph.model.visibility import strictest
from graph.services import circle
from graph.services.disclosure import NOT_FOUND, Denied, Opened, Told, User, disclose
from graph.services.handles import child_of, session_key
from graph.services.several import asking_of, list_children
from graph.store import Database, Query, Transaction

_ROLES = frozenset(role for role in Role if role.sees_children)
_NO_SERVICE = (
    "Your account is not linked to a service of the directory, so you cannot be recorded as involved. "
    "Ask your organisation’s administrator to link it."
)
_FAMILY = (
    "You have the name of one of this child’s carers. Ask your safeguarding lead to record what you do for the child."
)
_ALREADY = "You are recorded as involved with this child already. Open your involvement to correct or end it."
_STALE = (
    "This involvement was changed after you opened it: in another window, or by its source. "
    "Nothing was changed now. Open your involvement again, look at it as it is, and begin anew."
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Asked:
    """In which session which child's page is open, and why."""

    token: str
    handle: str
    reason: str
    case_reference: str = ""


@dataclass(frozen=True)
class OwnDescription:
    """What one source says of a service."""

    source: str
    run: int
    name: str | None
    kind: str | None
    organisation: str | None
    telephone: str | None
    hours: str | None
    email: str | None


@dataclass(frozen=True)
class ServiceRow:
    """A service and what describes it."""

    service_id: str
    described: tuple[OwnDescription, ...]


@dataclass(frozen=True)
class OwnRow:
    """One of the user's involvements as its source says it."""

    record: str
    version: str
    source: str
    supplier: str
    involvement: str
    run: int
    role: str | None
    lead: bool | None
    since: date | None
    until: date | None
    basis: str | None
    consent_given_on: date | None
    service_id: str
    described: tuple[OwnDescription, ...]
    said: Saying | None


@dataclass(frozen=True)
class Mark:
    """Up to which run the graph may be read, and which are being taken back."""

    published: int
    withdrawn: tuple[int, ...]


@dataclass(frozen=True)
class KnownRole:
    """A role by which the directory knows a practitioner; None where a source gives none."""

    role: str | None


@dataclass(frozen=True)
class Key:
    """The key of what was written."""

    key: str


@dataclass(frozen=True)
class Version:
    """The newest version of a record; None if there is none."""

    version: int | None


@dataclass(frozen=True)
class OwnPage:
    """What the user says, and what is said of the user, in the matter of one child."""

    name: str
    born: date | None
    service: OwnService | None
    involvements: tuple[OwnInvolvement, ...]  # that have not ended
    roles: tuple[str, ...]
    lead: str | None  # who is recorded as lead professional now, if this user may see it
    lead_is_me: bool


@dataclass(frozen=True)
class _Desk:
    """Everything that an act on an own involvement has to know, read under the lock of the user."""

    tx: Transaction
    user: User
    child: SeenChild
    mark: Mark
    moment: int
    today: date
    token: str
    service: OwnService | None
    rows: tuple[OwnRow, ...]  # that stand and have not ended
    roles: tuple[str, ...]
    born: date | None
    name: str
    lead: tuple[str, bool] | None

    def own(self, key: str, version: str) -> OwnRow:
        """The involvement of that key, as the form showed it; Conflict if it has gone or changed."""
        row = next((row for row in self.rows if hmac.compare_digest(key_of(self.token, row.record), key)), None)
        if row is None or row.version != version:
            raise Conflict(_STALE)
        return row


SHOW_SERVICE = Query("involvements/show_service", ServiceRow)
LIST_OWN = Query("involvements/list_own", OwnRow)
LIST_ROLES = Query("involvements/list_roles", KnownRole)
HOLD_PUBLICATION = Query("involvements/hold_publication", Mark)
SAVE_PRACTITIONER = Query("involvements/save_practitioner", Key)
SHOW_VERSION = Query("involvements/show_version", Version)
RECORD_STATEMENT = Query("involvements/record_statement", Key)
RETIRE_STATEMENT = Query("involvements/retire_statement", Key)


def show_own(db: Database, asked: Asked) -> OwnPage:
    """The user's own involvements with a child, and what a new one may say.

    Raises NotFound or Refused as the child's page does, and Refused for the child's own family.
    """

    def work(desk: _Desk) -> Told[OwnPage]:
        lead = desk.lead
        page = OwnPage(
            name=desk.name,
            born=desk.born,
            service=desk.service,
            involvements=tuple(_shown(row, desk) for row in desk.rows),
            roles=desk.roles,
            lead=lead[0] if lead else None,
            lead_is_me=bool(lead and lead[1]),
        )
        return Told(
            page,
            "own involvements",
            child_refs=(desk.child.child_id,),
            fields=("involvements", "name"),
            facts=tuple(sorted(row.version.partition(".")[0] for row in desk.rows)),
            count=len(page.involvements),
        )

    return _at_desk(db, asked, "own.show", work, writes=False)


def record_own(db: Database, asked: Asked, draft: Draft) -> None:
    """Nothing; the user is recorded as involved with the child from now on.

    Raises Conflict if they are already, and Refused for what may not be said.
    """

    def work(desk: _Desk) -> Told[None]:
        service = _service_of(desk)
        if any(row.service_id == service.service_id for row in desk.rows):
            raise Conflict(_ALREADY)
        check_draft(draft, service, roles=desk.roles, today=desk.today, born=desk.born)
        facts = _say(desk, draft, service, _Statement(secrets.token_hex(8)), until=None)
        return _done(desk, "recorded", facts, draft)

    _at_desk(db, asked, "own.record", work)


def correct_own(db: Database, asked: Asked, key: str, version: str, draft: Draft) -> None:
    """Nothing; the involvement says this from now on, and is confirmed today. Conflict if it has changed meanwhile."""

    def work(desk: _Desk) -> Told[None]:
        row = desk.own(key, version)
        service = _described(row.service_id, row.described)
        check_draft(draft, service, roles=(*desk.roles, row.role or ""), today=desk.today, born=desk.born)
        return _done(desk, "corrected", _replace(desk, row, draft, until=row.until), draft)

    _at_desk(db, asked, "own.correct", work)


def end_own(db: Database, asked: Asked, key: str, version: str, removal: Removal, *, until: date | None = None) -> None:
    """Nothing; the involvement has ended on that day.

    If it was recorded by mistake, or consent was withdrawn, it is gone at once and nothing shows that it was there.
    Raises Conflict if it has changed meanwhile, and Refused for what may not be said.
    """

    def work(desk: _Desk) -> Told[None]:
        row = desk.own(key, version)
        said = _draft_of(row)
        if removal is Removal.WITHDRAWN and row.basis != Basis.CONSENT:
            raise Refused(
                "This involvement is not held by consent. Choose that it has ended, or was recorded by mistake."
            )
        if removal is not Removal.ENDED:
            return _done(desk, removal.value, _remove(desk, row, said), said)
        if until is None:
            raise Refused("Give the date on which it ended.")
        check_until(until, since=row.since, today=desk.today)
        return _done(desk, removal.value, _replace(desk, row, said, until=until), said)

    _at_desk(db, asked, "own.end", work)


def _at_desk(
    db: Database, asked: Asked, action: str, work: Callable[[_Desk], Told[Result]], *, writes: bool = True
) -> Result:
    """What `work` gives back, in one disclosure; what it refuses is in the audit as denied."""
    op_id = secrets.token_hex(16)
    child_id = child_of(asked.token, asked.handle)
    refs = () if child_id is None else (child_id,)

    def disclosed(tx: Transaction, opened: Opened) -> Told[Result] | Denied:
        try:
            return work(_open(db, tx, asked.token, opened, child_id, op_id if writes else None))
        except (Conflict, NotFound, Refused) as error:
            # Nothing has been written yet: every check comes before the first write.
            return Denied(error, f"own involvement: {type(error).__name__.lower()}", refs)

    return disclose(
        db,
        asked.token,
        action,
        disclosed,
        roles=_ROLES,
        reason=reason_coded(asked.reason),
        case_reference=asked.case_reference,
    )


def _open(db: Database, tx: Transaction, token: str, opened: Opened, child_id: str | None, op_id: str | None) -> _Desk:
    user, moment = opened.user, clock.now()
    today = clock.day_in_england(moment)
    mark = Mark(opened.received.published, opened.received.withdrawn)
    if op_id is not None:
        # While this is held no run is published or taken back, so nothing is said of a child that an undo takes away.
        mark = tx.read_one(HOLD_PUBLICATION, op_id=op_id) or mark
    visible: dict[str, Any] = {"published": mark.published, "withdrawn": list(mark.withdrawn)}
    rows = list_children(tx, [child_id] if child_id else [], today=today, **visible)
    seen = rows[child_id].now if child_id in rows else None
    asking = asking_of(db, token, opened, today=today)
    shown = None if seen is None else circle.fold_page(seen, asking)
    if seen is None or shown is None:
        raise NotFound(NOT_FOUND)
    if circle.relation_of(seen, asking).family:
        raise Refused(_FAMILY)
    own = tx.read(LIST_OWN, child_id=seen.child_id, practitioner_id=user.practitioner_id, **visible)
    current = tuple(row for row in standing(own) if row.until is None or row.until > today)
    if seen.shielded:
        # Of a shielded child a feed's line is not shown to its own practitioner either; what they said themselves is.
        current = tuple(row for row in current if row.said is not None)
    service = _own_service(tx, user.service_id, visible)
    known = [row.role for row in tx.read(LIST_ROLES, practitioner_id=user.practitioner_id, **visible)]
    lead = shown.page.lead
    return _Desk(
        tx=tx,
        user=user,
        child=seen,
        mark=mark,
        moment=clock.milliseconds(moment),
        today=today,
        token=token,
        service=service,
        rows=current,
        roles=roles_for(service.kind if service else None, *known),
        born=shown.page.date_of_birth,
        name=shown.page.name,
        lead=None if lead is None else (lead.practitioner or lead.name, any(row.lead for row in current)),
    )


def _own_service(tx: Transaction, service_id: str | None, visible: dict[str, Any]) -> OwnService | None:
    found = None if service_id is None else tx.read_one(SHOW_SERVICE, service_id=service_id, **visible)
    return _described(found.service_id, found.described) if found and found.described else None


def _service_of(desk: _Desk) -> OwnService:
    if desk.service is None:
        raise Refused(_NO_SERVICE)
    return desk.service


def _described(service_id: str, described: tuple[OwnDescription, ...]) -> OwnService:
    newest = sorted(described, key=lambda each: -each.run)
    kinds = [kind_named(each.kind) for each in newest if each.kind]
    guarded = strictest([kind.visibility for kind in kinds])
    kind = next((kind for kind in kinds if kind.visibility is guarded), None)

    def said(name: str) -> str | None:
        return next((value for each in newest if (value := getattr(each, name))), None)

    return OwnService(
        service_id=service_id,
        name=said("name") or (kind.words if kind else "Your service"),
        visibility=guarded if kinds else Visibility.SENSITIVE,
        kind=kind.name if kind else None,
        organisation=said("organisation"),
        telephone=said("telephone"),
        hours=said("hours"),
        email=said("email"),
    )


def _shown(row: OwnRow, desk: _Desk) -> OwnInvolvement:
    return OwnInvolvement(
        key=key_of(desk.token, row.record),
        version=row.version,
        at=_described(row.service_id, row.described),
        role=row.role,
        lead=row.lead is True,
        since=row.since,
        until=row.until,
        basis=row.basis,
        consent_given_on=row.consent_given_on,
        said_on=row.said.on if row.said else None,
        source=TITLE if row.said else "A list that your organisation sent",
    )


def key_of(token: str, record: str) -> str:
    """A name for an involvement that means nothing outside this session."""
    return hmac.new(session_key(token, "involvements"), record.encode(), sha256).hexdigest()[:32]


def _draft_of(row: OwnRow) -> Draft:
    basis = Basis(row.basis) if row.basis else Basis.PUBLIC_TASK
    since = row.since or date.min
    return Draft(row.role or "practitioner", since, row.lead is True, basis, row.consent_given_on)


def _replace(desk: _Desk, row: OwnRow, draft: Draft, *, until: date | None) -> tuple[str, ...]:
    """The facts in place of this line: the statement's next version, or one that corrects the feed's."""
    if row.said is None:
        return _say(desk, draft, _described(row.service_id, row.described), _correcting(row.record), until=until)
    _retire(desk, row)
    said = _Statement(row.involvement, row.supplier, row.said.corrects)
    return _say(desk, draft, _described(row.service_id, row.described), said, until=until)


def _remove(desk: _Desk, row: OwnRow, draft: Draft) -> tuple[str, ...]:
    """Takes the line away at once. Where a feed says it too, a statement that there is nothing stands in for it."""
    corrects = row.record if row.said is None else row.said.corrects
    if row.said is not None:
        _retire(desk, row)
    if corrects is None:
        return (row.version.partition(".")[0],)
    nothing = replace(draft, since=desk.today, lead=False)
    service = _described(row.service_id, row.described)
    return _say(desk, nothing, service, _correcting(corrects), until=desk.today)


def _retire(desk: _Desk, row: OwnRow) -> None:
    if not desk.tx.write(RETIRE_STATEMENT, record=row.record, unsaid_at=desk.moment):
        raise ProgrammeError("A statement that was just read could not be ended, so nothing was done.")


@dataclass(frozen=True)
class _Statement:
    """Which statement: its key, who supplies it if that is settled, and the feed's record that it corrects."""

    key: str
    supplier: str | None = None
    corrects: str | None = None


def _correcting(record: str) -> _Statement:
    return _Statement(f"corrects/{record}", None, record)


def _say(
    desk: _Desk, draft: Draft, service: OwnService, statement: _Statement, *, until: date | None
) -> tuple[str, ...]:
    """The facts of a new version of a statement, which is visible as soon as this transaction is."""
    user = desk.user
    supplier = statement.supplier or service.organisation or user.organisation
    record = hashed(SOURCE, supplier, statement.key)
    practitioner = user.practitioner_id or f"{SOURCE}:{user.user_id}"
    _save_practitioner(desk, practitioner, service, supplier, draft.role)
    before = desk.tx.read_one(SHOW_VERSION, record=record)
    version = ((before.version if before else None) or 0) + 1
    moment: dict[str, Any] = {"said_on": desk.today, "said_at": desk.moment}
    common = {"source": SOURCE, "supplier": supplier, "run": RUN} | moment
    said = common | {"record": record, "from": draft.since, "to": until, "involvement": statement.key}
    said |= {"said_after": desk.mark.published, "corrects": statement.corrects}
    facts = {
        kind: hashed(SOURCE, supplier, statement.key, kind, target, str(draft.since))
        for kind, target in (("INVOLVES", service.service_id), ("SEEN_BY", practitioner))
    }
    written = desk.tx.write(
        RECORD_STATEMENT,
        child_id=desk.child.child_id,
        service_id=service.service_id,
        practitioner_id=practitioner,
        record={
            **common,
            "record": record,
            "record_version": f"{record}/{version}",
            "version": version,
            "key": statement.key,
            "subject": "child",
            "said_by": user.user_id,
        },
        identifies={"method": "own_statement", "by": user.user_id, "run": RUN},
        involves=said
        | {"fact_id": facts["INVOLVES"], "basis": draft.basis.value, "consent_given_on": draft.consent_given_on},
        seen=said | {"fact_id": facts["SEEN_BY"], "role": draft.role, "lead": draft.lead},
    )
    if not written:
        raise ProgrammeError("A statement could not be written although everything that it needs was read.")
    return tuple(sorted(facts.values()))


def _save_practitioner(desk: _Desk, practitioner: str, service: OwnService, supplier: str, role: str) -> None:
    """Makes the practitioner whom the user acts as, where the directory has none yet."""
    user, key = desk.user, f"practitioner/{desk.user.user_id}"
    record = hashed(SOURCE, supplier, key)
    common = {"source": SOURCE, "supplier": supplier, "run": RUN, "record": record}
    desk.tx.write(
        SAVE_PRACTITIONER,
        user_id=user.user_id,
        practitioner_id=practitioner,
        service_id=service.service_id,
        record={
            **common,
            "record_version": f"{record}/1",
            "version": 1,
            "key": key,
            "subject": "practitioner",
            "name": user.name,
            "role": role,
        },
        works={
            **common,
            "fact_id": hashed(SOURCE, supplier, key, "WORKS_FOR", service.service_id, "None"),
            "role": role,
        },
    )


def hashed(*parts: str) -> str:
    """The name of a record or a fact: a hash of what makes it what it is, as the loaders make theirs."""
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def _done(desk: _Desk, rule: str, facts: tuple[str, ...], draft: Draft) -> Told[None]:
    fields = (f"basis:{draft.basis}", *(("lead",) if draft.lead else ()))
    return Told(None, rule, child_refs=(desk.child.child_id,), fields=fields, facts=facts, count=1)
