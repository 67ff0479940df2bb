"""One example at least of every route: test_every_page.py looks at them all, test_bad_input.py spoils them all.

Whoever adds a route adds an `Example` to EXAMPLES (`tests/webapp/town.py` explains its fields), and to `given_town`
what its page needs in the graph. A page that looks quite different in some case has an example of each.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from graph.model import clock
from graph.model.circle import Depth
from graph.model.errors import SignpostError
from graph.services import made_of, packs
from graph.services.disclosure import show_child
from graph.services.handles import practitioner_key, session_key
from graph.services.statements import Asked, key_of
from tests.builders import values
from tests.webapp.town import (
    ACCOUNT,
    ALERT,
    APPLICATION,
    ASKING,
    JUDGEMENT,
    LINK,
    OBJECTION,
    OVERRIDE,
    REQUEST,
    TEAM,
    Example,
    Visit,
    Who,
    given_proof,
)

EVERYBODY = tuple(Who)
SIGNED_IN = tuple(who for who in Who if who is not Who.NOBODY)
SEES_CHILDREN = (Who.TEACHER, Who.WORKER, Who.LEAD, Who.MANAGER)
_UNLINKED = (Who.WORKER, Who.LEAD, Who.MANAGER)
_OTHERS = (Who.TEACHER, Who.LEAD, Who.MANAGER)

CHILD = "/children/<handle:handle>"


def ana(visit: Visit) -> Mapping[str, str]:
    """The address of the child with a whole circle."""
    return {"handle": visit.handle("ana")}


def bo(visit: Visit) -> Mapping[str, str]:
    """The address of a child who shares a service with Ana."""
    return {"handle": visit.handle("bo")}


def elsie(visit: Visit) -> Mapping[str, str]:
    """The address of the shielded child."""
    return {"handle": visit.handle("elsie")}


def sought(name: str = "ana costa") -> dict[str, str]:
    """What is typed to find a child by name and date of birth."""
    return {"name": name, "day": "4", "month": "6", "year": "2017"}


def reason(_visit: Visit) -> Mapping[str, str]:
    """Why a child's page is opened."""
    return {"reason": "attendance", "case_reference": "AB12"}


def because(values: Callable[[Visit], Mapping[str, str]] = ana) -> Example:
    """The reason that is given before a child's page is opened."""
    return Example(f"{CHILD}/reason", SEES_CHILDREN, "POST", values=values, form=reason, leads_to=CHILD)


def team(_visit: Visit) -> Mapping[str, str]:
    """The address of a service in the directory."""
    return {"service_id": TEAM}


def lead(visit: Visit) -> Mapping[str, str]:
    """The address of one of its practitioners."""
    cards = session_key(visit.token or "another session", "cards")
    return {"key": practitioner_key(cards, "northshire:P1"), "service_id": TEAM}


# Whoever asks for the circle after giving a reason.
IN_FULL = (because(), Example(f"{CHILD}/circle", SEES_CHILDREN, "POST", values=ana, leads_to=CHILD))
WALK = f"{CHILD}/connections"


def _today() -> dict[str, str]:
    today = clock.day_in_england(clock.now())
    return {"day": str(today.day), "month": str(today.month), "year": str(today.year)}


def beginning(**more: str) -> Callable[[Visit], Mapping[str, str]]:
    """What is typed to record an involvement."""
    return lambda _visit: {"role": "key worker", "lead": "y", "step": "check", **_today(), **more}


def mine(visit: Visit) -> Mapping[str, str]:
    """The address of the social worker's involvement with Ana."""
    text = "MATCH ()-[f:SEEN_BY]->(:Practitioner {practitioner_id: 'northshire:P1'}) RETURN f.record LIMIT 1"
    record = values(visit.town.db, text)[0][0]
    return {**ana(visit), "key": key_of(visit.token or "another session", record)}


def card(visit: Visit) -> Mapping[str, str]:
    """The address of the school's line on Ana's page; a made-up one for those who may not see it."""
    if visit.who not in SEES_CHILDREN or visit.token is None:
        return {**ana(visit), "card": "c" + "0" * 12}
    asked = Asked(visit.token, visit.handle(), "attendance")
    page = show_child(
        visit.town.db, asked.token, asked.handle, reason=asked.reason, case_reference="", depth=Depth.CIRCLE
    )
    return {**ana(visit), "card": next(each.key for each in page.services if each.kind == "school")}


def request(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's request for correction."""
    return {"request_id": REQUEST}


OWN, WRONG, CORRECTIONS = f"{CHILD}/involvement", f"{CHILD}/wrong", "/corrections"
KEY, CARD, OF_CHILD = f"{OWN}/<handle:key>", f"{WRONG}/<handle:card>", (because(),)


def circle_opened() -> tuple[Example, ...]:
    """What comes before a page of the circle: the reason, and the second step."""
    return because(), Example(f"{CHILD}/circle", SEES_CHILDREN, "POST", values=ana, leads_to=CHILD)


FILE = "authorities.ons.2026-11-01.full.csv"
FEED = "/console/feeds/<feed>"
READS_CONSOLE, OPERATES = (Who.OPERATOR, Who.AUDITOR), (Who.OPERATOR,)


def pds(_visit: Visit) -> Mapping[str, str]:
    """The address of a feed."""
    return {"feed": "pds"}


def first_run(_visit: Visit) -> Mapping[str, str]:
    """The address of a run that may be undone."""
    return {"run": "1"}


def waiting(visit: Visit) -> Mapping[str, str]:
    """The address of a file that lies in the inbox."""
    inbox = visit.town.site.extensions["signpost-folders"].inbox
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / FILE).write_text("dfe_la_code,gss_code,la_name\n990,E10000901,Northshire\n", encoding="utf-8")
    return {"name": FILE}


def no_job(_visit: Visit) -> Mapping[str, str]:
    """The address of a job that never was. A real one is looked at in test_console_journey.py."""
    return {"job_id": "20261121T120000-00000000"}


CONSOLE: tuple[Example, ...] = (
    Example("/", READS_CONSOLE, leads_to="/console"),
    Example("/console", READS_CONSOLE),
    Example(FEED, READS_CONSOLE, values=pds),
    Example(FEED, READS_CONSOLE, values=lambda _visit: {"feed": "horoscopes"}, status=404, note="unknown"),
    Example(f"{FEED}/switch", OPERATES, values=pds),
    Example(f"{FEED}/switch", OPERATES, "POST", values=pds, form=lambda _visit: {"now": "stopped"}, leads_to=FEED),
    Example("/console/runs", READS_CONSOLE, query={"before": "3"}),
    Example("/console/runs/<int:run>", READS_CONSOLE, values=first_run),
    Example("/console/runs/<int:run>/undo", OPERATES, values=first_run),
    # Nothing is taken back here: what others are answered would change. test_console.py does it.
    Example("/console/runs/<int:run>/undo", OPERATES, "POST", values=lambda _visit: {"run": "99"}, status=404),
    Example("/console/files", READS_CONSOLE),
    Example("/console/files/<name>", READS_CONSOLE, values=waiting),
    Example("/console/files/<name>", OPERATES, "POST", values=waiting, form=lambda _visit: {"act": "x"}, status=400),
    Example("/console/jobs", READS_CONSOLE),
    Example("/console/jobs/<job:job_id>", READS_CONSOLE, values=no_job, status=404),
    Example("/console/jobs/<job:job_id>/cancel", OPERATES, "POST", values=no_job, status=404),
    Example("/console/quality", READS_CONSOLE),
    Example("/console/quality", OPERATES, "POST", leads_to="/console/jobs/<job:job_id>"),
)

LEADS = (Who.LEAD, Who.MANAGER)
NARROWED = {"agencies": "0", "overlap": "", "period": "365", "ages": "any"}


def narrowed(visit: Visit) -> Mapping[str, str]:
    """Few children of the area, and why their names are asked for."""
    return NARROWED | {"agencies": "1", **reason(visit)}


def chosen(visit: Visit) -> Mapping[str, str]:
    """Two children, and why they are looked at together."""
    return {"child-1": visit.handle("ana"), "child-2": visit.handle("bo"), **reason(visit)}


OF_AN_AREA: tuple[Example, ...] = (
    Example("/area", LEADS),
    Example("/area", LEADS, "POST", form=lambda _visit: NARROWED | {"kind-social_care": "1", "agencies": "1"}),
    Example("/area", LEADS, "POST", form=lambda _visit: NARROWED | {"overlap": "999"}, note="errors"),
    Example("/area/names", LEADS, "POST", form=narrowed),
    Example("/area/names", LEADS, "POST", form=lambda visit: {**narrowed(visit), "reason": "x"}, note="errors"),
    Example("/area/opened", LEADS, before=(because(), because(bo))),
    Example("/area/together", LEADS, "POST", form=chosen),
    Example("/area/connection", LEADS, "POST", form=chosen),
    Example("/area/connection", LEADS, "POST", form=lambda visit: {**chosen(visit), "hubs": "1"}, note="hubs"),
)

REVIEW, CASE = "/review", "/review/cases/<handle:handle>"
DECIDED = "/review/decided/<handle:judgement_id>"
_MANAGER = (Who.MANAGER,)


def anna(visit: Visit) -> Mapping[str, str]:
    """The address of a case that one person decides."""
    return {"handle": visit.handle("anna")}


def twin(visit: Visit) -> Mapping[str, str]:
    """The address of a case that two people decide."""
    return {"handle": visit.handle("twin")}


def judgement(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's decision."""
    return {"judgement_id": JUDGEMENT}


def deciding(**more: str) -> Callable[[Visit], Mapping[str, str]]:
    """What is sent when a case is decided; the version is one of no state, so that nothing is decided."""
    return lambda _visit: {"said": "same", "version": "0" * 32, **more}


OF_REVIEW: tuple[Example, ...] = (
    Example(REVIEW, _MANAGER, query={"page": "1"}),
    Example(CASE, _MANAGER, values=anna),
    Example(CASE, _MANAGER, values=twin, note="two people"),
    Example(CASE, _MANAGER, values=bo, status=404, note="no case"),
    Example(CASE, _MANAGER, "POST", values=anna, form=deciding(), note="check"),
    Example(CASE, _MANAGER, "POST", values=twin, form=deciding(said="different"), note="check, two people"),
    Example(CASE, _MANAGER, "POST", values=anna, note="errors"),
    Example(CASE, _MANAGER, "POST", values=anna, form=deciding(step="decide"), status=409, note="stale"),
    Example("/review/decided", _MANAGER, query={"page": "1"}),
    Example(DECIDED, _MANAGER, values=judgement),
    Example(f"{DECIDED}/take-apart", _MANAGER, values=judgement),
    # Nothing is taken apart here: what others are answered would change. tests/graph/services/test_review.py does it.
    Example(f"{DECIDED}/take-apart", _MANAGER, "POST", values=judgement, status=409),
    Example(f"{DECIDED}/who-looked", (Who.MANAGER, Who.AUDITOR), values=judgement),
)


def no_passkey(_visit: Visit) -> Mapping[str, str]:
    """The address of a passkey that nobody holds. Real ones are made in test_passkeys_journey.py."""
    return {"key": "0123456789abcdef"}


def answering(_visit: Visit) -> Mapping[str, str]:
    """What no authenticator answers."""
    return {"credential": "{}"}


OWN_SIGN_IN = "/your-sign-in"
ASKS_FIRST = Example(f"{OWN_SIGN_IN}/passkeys/new", SIGNED_IN, leads_to="/prove")

OF_PASSKEYS: tuple[Example, ...] = (
    Example("/passkey", (Who.NOBODY,), "POST", form=answering, status=403),
    Example("/passkey", SIGNED_IN, "POST", form=answering, leads_to="/"),
    Example(OWN_SIGN_IN, SIGNED_IN),
    ASKS_FIRST,
    Example(f"{OWN_SIGN_IN}/passkeys/new", SIGNED_IN, "POST", form=answering, leads_to="/prove"),
    Example(f"{OWN_SIGN_IN}/passkeys/<handle:key>/remove", SIGNED_IN, values=no_passkey, leads_to="/prove"),
    Example(f"{OWN_SIGN_IN}/passkeys/<handle:key>/remove", SIGNED_IN, "POST", values=no_passkey, leads_to="/prove"),
    Example(f"{OWN_SIGN_IN}/end", SIGNED_IN, "POST", leads_to="/sign-in", spoils=True),
    Example("/prove", SIGNED_IN, before=(ASKS_FIRST,)),
    Example(
        "/prove",
        SIGNED_IN,
        "POST",
        before=(ASKS_FIRST,),
        form=lambda _visit: {"code": "123456", "credential": ""},
        status=403,
    ),
)


def account(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's account that others may change."""
    return {"username": ACCOUNT}


def application(_visit: Visit) -> Mapping[str, str]:
    """The address of what waits in the town for a second administrator."""
    return {"application_id": APPLICATION}


def link(_visit: Visit) -> Mapping[str, str]:
    """The address by which the town's invited user opens an account."""
    return {"link": LINK}


def wanted(_visit: Visit) -> Mapping[str, str]:
    """What is typed to ask for an account whose name is taken."""
    return {"name": "Kim Lake", "role": "practitioner", "organisation": "Harbour", "username": ACCOUNT}


_ADMINISTRATOR = (Who.ADMINISTRATOR,)
_OF, WAITING = "/accounts/of/<username>", "/accounts/waiting/<handle:application_id>"
ACTIVATE = "/activate/<handle:link>"

OF_ACCOUNTS: tuple[Example, ...] = (
    Example("/", _ADMINISTRATOR, leads_to="/accounts"),
    Example("/accounts", _ADMINISTRATOR),
    Example("/accounts/new", _ADMINISTRATOR),
    # Nothing is made or changed here: what others are answered would change. test_accounts.py does it.
    Example("/accounts/new", _ADMINISTRATOR, "POST", form=wanted, status=403, note="taken"),
    Example("/accounts/new", _ADMINISTRATOR, "POST", note="errors"),
    Example(_OF, _ADMINISTRATOR, values=account),
    Example(f"{_OF}/change", _ADMINISTRATOR, values=account),
    Example(f"{_OF}/change", _ADMINISTRATOR, "POST", values=account, form=lambda _visit: {"role": "x"}),
    Example(f"{_OF}/new-link", _ADMINISTRATOR, "POST", values=lambda _visit: {"username": "nobody"}, status=404),
    Example(f"{_OF}/suspend", _ADMINISTRATOR, "POST", values=lambda _visit: {"username": "nobody"}, status=404),
    Example(WAITING, _ADMINISTRATOR, values=application),
    Example(
        WAITING,
        _ADMINISTRATOR,
        "POST",
        values=application,
        form=lambda _visit: {"act": "approve"},
        leads_to="/prove",
    ),
    Example(ACTIVATE, EVERYBODY, values=link),
    Example(
        ACTIVATE,
        EVERYBODY,
        "POST",
        values=link,
        form=lambda _visit: {"word": "wrong", "password": "too short", "code": "123456", "credential": ""},
        status=403,
    ),
    Example(ACTIVATE, EVERYBODY, values=lambda _visit: {"link": "0" * 43}, status=404, note="dead link"),
)
WHO = f"{CHILD}/who-looked"
_AUDITOR = (Who.AUDITOR,)
OF_LOOKS: tuple[Example, ...] = (
    Example(WHO, LEADS, values=ana, before=(because(),)),
    Example(WHO, _MANAGER, values=elsie, before=(because(elsie),), note="shielded"),
    Example(WHO, (Who.LEAD,), values=elsie, before=(because(elsie),), status=403, note="shielded, for a lead"),
    Example(f"{WHO}/sheet", LEADS, values=ana, before=(because(),)),
    Example(f"{WHO}/sheet", LEADS, values=elsie, before=(because(elsie),), status=403, note="shielded"),
    Example("/my-looks", SIGNED_IN),
    Example("/audit", _AUDITOR),
    Example("/audit", _AUDITOR, "POST", form=lambda _visit: {"child": "", "username": ""}, note="errors"),
    Example("/audit", _AUDITOR, "POST", form=lambda visit: {"child": visit.town.children["ana"], "username": ""}),
    Example("/audit", _AUDITOR, "POST", form=lambda _visit: {"child": "", "username": "visitor1"}, note="a user"),
)

EVERYTHING, OBJECTING = f"{CHILD}/everything-held", f"{CHILD}/objection"
_OF_ELSIE = (because(elsie),)


def packing(visit: Visit) -> Mapping[str, str]:
    """What is sent when a pack is made as a page, by somebody who has just proven who they are."""
    said = {"asker": "child", "shape": "page", "code": "", "version": "0" * 32}
    if visit.who is not Who.MANAGER or visit.token is None:
        return said
    given_proof(visit)
    held = packs.list_held(visit.town.db, Asked(visit.token, visit.handle(), "attendance"))
    # One of many choices: the others are as they stand.
    return said | {"version": held.version, held.items[0].key: "legal_restriction"} | _decided(held)


def _decided(held: packs.Held) -> dict[str, str]:
    return {item.key: "serious_harm" for item in held.items if item.default is None}


def objecting(_visit: Visit) -> Mapping[str, str]:
    """What is typed to enter an objection."""
    return {"objector": "carer", "objection": "at_risk", **_today()}


def objection(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's objection."""
    return {"request_id": OBJECTION}


def refusing(_visit: Visit) -> Mapping[str, str]:
    """What is typed to refuse a correction, with a day on which nothing can be looked at again."""
    return {"outcome": "not_wrong", "refusal": "right", "day": "1", "month": "1", "year": "1950", "told": "y"}


RECORDS = f"{CHILD}/records"


def off(visit: Visit) -> Mapping[str, str]:
    """What is sent to have one record of Ana's taken off: that of her practice's list."""
    unseen = {"version": "0" * 32}
    if visit.who is not Who.MANAGER or visit.token is None:
        return unseen
    try:
        found = made_of.show_made_of(visit.town.db, Asked(visit.token, visit.handle(), "attendance"))
    except SignpostError:  # whoever was never shown the page sends what somebody might make up
        return unseen
    line = next(line for line in found.lines if not line.numbered)
    return {"version": found.version, line.key: "y", "whose": ""}


def asking_off(visit: Visit) -> Mapping[str, str]:
    """What is sent at the second step."""
    return {**off(visit), "step": "ask"}


OF_RECORDS: tuple[Example, ...] = (
    Example(RECORDS, _MANAGER, values=ana, before=OF_CHILD),
    Example(RECORDS, _MANAGER, values=bo, before=(because(bo),), note="somebody has asked"),
    Example(RECORDS, _MANAGER, values=elsie, before=_OF_ELSIE, leads_to="/prove", note="shielded"),
    Example(RECORDS, _MANAGER, "POST", values=ana, before=OF_CHILD, note="errors"),
    Example(RECORDS, _MANAGER, "POST", values=ana, before=OF_CHILD, form=off, note="check"),
    Example(RECORDS, _MANAGER, "POST", values=ana, before=OF_CHILD, form=asking_off, leads_to=RECORDS, spoils=True),
    # Nothing leaves a page here: what others are answered would change. tests/graph/services/test_made_of.py does it.
    Example(f"{RECORDS}/take-off", _MANAGER, "POST", values=ana, before=OF_CHILD, status=409),
    Example(f"{RECORDS}/keep", _MANAGER, "POST", values=ana, before=OF_CHILD, status=409),
    Example(f"{DECIDED}/ask-again", _MANAGER, "POST", values=judgement, status=409),
)

OF_FAMILIES: tuple[Example, ...] = (
    Example(EVERYTHING, _MANAGER, values=ana, before=OF_CHILD),
    Example(EVERYTHING, _MANAGER, values=elsie, before=_OF_ELSIE, leads_to="/prove", note="shielded"),
    Example(EVERYTHING, _MANAGER, "POST", values=ana, before=OF_CHILD, form=packing),
    Example(EVERYTHING, _MANAGER, "POST", values=ana, before=OF_CHILD, note="errors"),
    Example(OBJECTING, _MANAGER, values=ana, before=OF_CHILD),
    Example(
        OBJECTING,
        _MANAGER,
        "POST",
        values=ana,
        before=OF_CHILD,
        form=objecting,
        leads_to="/corrections/queue",
        spoils=True,
    ),
    Example(OBJECTING, _MANAGER, "POST", values=ana, before=OF_CHILD, note="errors"),
    Example("/corrections/<handle:request_id>", _MANAGER, values=objection, note="objection"),
    Example("/corrections/<handle:request_id>/settle", _MANAGER, "POST", values=request, form=refusing, note="refused"),
)

ALERTS, ONE_ALERT = "/alerts", "/alerts/<handle:alert_id>"


def alert(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's alert."""
    return {"alert_id": ALERT}


OF_ALERTS: tuple[Example, ...] = (
    Example(ALERTS, _AUDITOR, query={"page": "1"}),
    Example(ALERTS, _AUDITOR, query={"settled": "yes"}, note="settled"),
    Example(ONE_ALERT, _AUDITOR, values=alert),
    Example(ONE_ALERT, _AUDITOR, values=lambda _visit: {"alert_id": "7" * 24}, status=404, note="unknown"),
    Example(f"{ONE_ALERT}/own", _AUDITOR, "POST", values=alert, leads_to=ONE_ALERT),
    Example(f"{ONE_ALERT}/settle", _AUDITOR, "POST", values=alert, note="errors"),
)

SHIELD, OVERRIDES, TEAM_REQUESTS = f"{CHILD}/shield", "/shields/overrides/<handle:override_id>", "/team-requests"
STAY, ASK = f"{CHILD}/stay", f"{CHILD}/ask-the-team"
_LEAD = (Who.LEAD,)


def _review() -> dict[str, str]:
    day = clock.day_in_england(clock.now()) + timedelta(days=90)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def proposing(_visit: Visit) -> Mapping[str, str]:
    """What is typed to propose a shield."""
    return {"ground": "adoption", "evidence": "refuge", "words": "told today", "urgent": "y", **_review()}


def override(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's override."""
    return {"override_id": OVERRIDE}


def asking(_visit: Visit) -> Mapping[str, str]:
    """The address of the town's question to the team."""
    return {"asking_id": ASKING}


# What changes a shield is done in test_shields.py: here it is refused, so that others are answered as before.
OF_SHIELDS: tuple[Example, ...] = (
    Example("/shields", LEADS),
    Example(SHIELD, LEADS, values=ana),
    Example(SHIELD, LEADS, values=elsie, note="shielded"),
    Example(SHIELD, LEADS, values=bo, note="proposed"),
    Example(SHIELD, LEADS, "POST", values=elsie, form=proposing, status=409, note="in force"),
    Example(SHIELD, LEADS, "POST", values=ana, note="errors"),
    Example(f"{SHIELD}/end", LEADS, "POST", values=ana, form=lambda _visit: {"words": "over"}, status=409),
    Example(f"{SHIELD}/keep", LEADS, "POST", values=ana, form=lambda _visit: _review() | {"shield": "S1"}, status=409),
    Example(f"{SHIELD}/decide", LEADS, "POST", values=ana, form=lambda _visit: {"verdict": "agreed"}, status=409),
    Example(OVERRIDES, _LEAD, values=override),
    Example(f"{OVERRIDES}/take", _LEAD, "POST", values=override, leads_to=OVERRIDES),
    Example(f"{OVERRIDES}/settle", _LEAD, "POST", values=override, form=lambda _visit: {"finding": "x"}, note="errors"),
    Example(f"{CHILD}/override", SEES_CHILDREN, values=elsie, before=(because(elsie),)),
    Example(
        f"{CHILD}/override",
        SEES_CHILDREN,
        "POST",
        values=elsie,
        before=(because(elsie),),
        form=lambda _visit: {"words": "missing", "code": "123456"},
        status=403,
    ),
    Example(f"{CHILD}/leave", SEES_CHILDREN, "POST", values=elsie, leads_to=CHILD),
    Example(STAY, LEADS, values=ana),
    Example(
        STAY,
        LEADS,
        "POST",
        values=ana,
        form=lambda _visit: {"category": "care_leaver", **_today()},
        status=403,
        note="too young",
    ),
    Example(f"{STAY}/withdraw", LEADS, "POST", values=ana, status=409),
    Example(ASK, SEES_CHILDREN, values=ana, before=OF_CHILD),
    Example(ASK, SEES_CHILDREN, "POST", values=ana, before=OF_CHILD, leads_to=TEAM_REQUESTS, spoils=True),
    Example(TEAM_REQUESTS, SEES_CHILDREN, query={"page": "1"}),
    Example(f"{TEAM_REQUESTS}/queue", _MANAGER, query={"settled": "no", "page": "1"}),
    Example(f"{TEAM_REQUESTS}/queue", _MANAGER, query={"settled": "yes"}, note="dealt with"),
    Example(f"{TEAM_REQUESTS}/<handle:asking_id>", _MANAGER, values=asking),
    Example(
        f"{TEAM_REQUESTS}/<handle:asking_id>/settle",
        _MANAGER,
        "POST",
        values=asking,
        form=lambda _visit: {"outcome": "contact", "contact": ""},
        note="errors",
    ),
)

EXAMPLES: tuple[Example, ...] = (
    *OF_PASSKEYS,
    *OF_ACCOUNTS,
    *OF_ALERTS,
    *OF_SHIELDS,
    *OF_AN_AREA,
    *OF_LOOKS,
    *OF_FAMILIES,
    *OF_RECORDS,
    *OF_REVIEW,
    *CONSOLE,
    Example(WALK, SEES_CHILDREN, values=ana, before=IN_FULL),
    Example(WALK, SEES_CHILDREN, values=ana, query={"steps": "home"}, before=IN_FULL, note="household"),
    Example("/directory", SEES_CHILDREN),
    Example("/directory", SEES_CHILDREN, query={"kind": "social_care"}, note="found"),
    Example("/directory", SEES_CHILDREN, query={"postcode": "London"}, note="errors"),
    Example("/directory/services/<service_key:service_id>", SEES_CHILDREN, values=team),
    Example("/directory/practitioners/<handle:key>/<service_key:service_id>", SEES_CHILDREN, values=lead),
    Example("/", SEES_CHILDREN, leads_to="/find-a-child"),
    Example("/about", EVERYBODY),
    Example("/cookies", EVERYBODY),
    Example("/help", EVERYBODY),
    Example("/sign-in", (Who.NOBODY,)),
    Example("/sign-in", SIGNED_IN, leads_to="/"),
    Example(
        "/sign-in",
        (Who.NOBODY,),
        "POST",
        form=lambda _visit: {"username": "dawn", "password": "wrong", "code": "123456"},
        status=403,
        slow=True,
    ),
    # Outside the demonstration nobody is filled in.
    Example("/sign-in/<username>", EVERYBODY, values=lambda _visit: {"username": "dawn.okoro"}, status=404),
    Example("/sign-out", SIGNED_IN, "POST", leads_to="/sign-in", spoils=True),
    Example("/find-a-child", SEES_CHILDREN),
    Example("/find-a-child", SEES_CHILDREN, "POST", form=lambda _visit: sought()),
    Example("/find-a-child", SEES_CHILDREN, "POST", form=lambda _visit: sought("zz zz"), note="nobody fits"),
    Example("/find-a-child", SEES_CHILDREN, "POST", form=lambda _visit: sought("") | {"day": "31"}, note="errors"),
    Example(f"{CHILD}/reason", SEES_CHILDREN, values=ana),
    because(),
    Example(f"{CHILD}/reason", SEES_CHILDREN, "POST", values=ana, form=lambda _visit: {"reason": "x"}, note="errors"),
    Example(CHILD, SEES_CHILDREN, values=ana, before=(because(),)),
    Example(CHILD, SEES_CHILDREN, values=elsie, before=(because(elsie),), note="shielded"),
    Example(f"{CHILD}/circle", SEES_CHILDREN, "POST", values=ana, before=(because(),), leads_to=CHILD),
    Example(CHILD, SEES_CHILDREN, values=ana, before=circle_opened(), note="circle"),
    Example(
        CHILD,
        SEES_CHILDREN,
        values=ana,
        before=circle_opened(),
        query={"as_at": "2026-02-01", "show": "all"},
        note="then",
    ),
    Example(CHILD, SEES_CHILDREN, values=ana, before=(because(),), query={"as_at": "2026-01-32"}, status=400),
    Example(f"{CHILD}/time-line", SEES_CHILDREN, values=ana, before=circle_opened()),
    Example(f"{CHILD}/contact-sheet", SEES_CHILDREN, values=ana, before=(because(),)),
    Example(
        f"{CHILD}/contact-sheet", SEES_CHILDREN, values=elsie, before=(because(elsie),), status=403, note="shielded"
    ),
    Example(OWN, SEES_CHILDREN, values=ana, before=OF_CHILD),
    Example(f"{OWN}/new", (Who.TEACHER,), values=ana, before=OF_CHILD),
    Example(f"{OWN}/new", _UNLINKED, values=ana, before=OF_CHILD, leads_to=OWN, note="no service"),
    Example(f"{OWN}/new", (Who.TEACHER,), "POST", values=ana, before=OF_CHILD, form=beginning(), spoils=True),
    Example(f"{OWN}/new", (Who.TEACHER,), "POST", values=ana, before=OF_CHILD, note="errors"),
    Example(f"{OWN}/new", _UNLINKED, "POST", values=ana, before=OF_CHILD, leads_to=OWN, note="no service"),
    Example(f"{KEY}/correct", (Who.WORKER,), values=mine, before=OF_CHILD),
    Example(f"{KEY}/correct", _OTHERS, values=mine, before=OF_CHILD, status=409, note="not mine"),
    Example(f"{KEY}/correct", (Who.WORKER,), "POST", values=mine, before=OF_CHILD, form=beginning()),
    Example(f"{KEY}/correct", _OTHERS, "POST", values=mine, before=OF_CHILD, status=409, note="not mine"),
    Example(f"{KEY}/end", (Who.WORKER,), values=mine, before=OF_CHILD),
    Example(f"{KEY}/end", _OTHERS, values=mine, before=OF_CHILD, status=409, note="not mine"),
    Example(
        f"{KEY}/end",
        (Who.WORKER,),
        "POST",
        values=mine,
        before=OF_CHILD,
        form=lambda _visit: {"removal": "ended", "step": "check", **_today()},
    ),
    Example(f"{KEY}/end", _OTHERS, "POST", values=mine, before=OF_CHILD, status=409, note="not mine"),
    Example("/my-children", SEES_CHILDREN, query={"page": "1"}),
    Example("/my-children/seen", SEES_CHILDREN, "POST", form=lambda _visit: {"mark": "1.1"}, leads_to="/my-children"),
    Example(WRONG, SEES_CHILDREN, values=ana, before=OF_CHILD),
    Example(
        WRONG,
        SEES_CHILDREN,
        "POST",
        values=ana,
        before=OF_CHILD,
        form=lambda _visit: {"wrong": "name"},
        leads_to=CORRECTIONS,
        spoils=True,
    ),
    Example(CARD, SEES_CHILDREN, values=card, before=OF_CHILD),
    Example(
        CARD,
        SEES_CHILDREN,
        "POST",
        values=card,
        before=OF_CHILD,
        form=lambda _visit: {"wrong": "dates"},
        leads_to=CORRECTIONS,
        spoils=True,
    ),
    Example(CORRECTIONS, SEES_CHILDREN, query={"page": "1"}),
    Example(f"{CORRECTIONS}/queue", (Who.MANAGER,), query={"settled": "no", "page": "1"}),
    Example(f"{CORRECTIONS}/queue", (Who.MANAGER,), query={"settled": "yes"}, note="settled"),
    Example(f"{CORRECTIONS}/<handle:request_id>", (Who.MANAGER,), values=request),
    Example(
        f"{CORRECTIONS}/<handle:request_id>/take",
        (Who.MANAGER,),
        "POST",
        values=request,
        leads_to=f"{CORRECTIONS}/<handle:request_id>",
    ),
    Example(f"{CORRECTIONS}/<handle:request_id>/settle", (Who.MANAGER,), "POST", values=request),
)
# Not pages: files to save, a file by its name with its hash, and a word for a machine.
FILES = frozenset(f"{CHILD}/circle.{ending}" for ending in ("csv", "svg", "png"))
NOT_PAGES = (
    frozenset({"/static/dist/<name>", "/health", "/area/counts.csv", "/console/jobs/<job:job_id>/progress"})
    | {
        "/passkey/challenge",
        "/your-sign-in/passkeys/challenge",
        "/prove/challenge",
        "/activate/<handle:link>/challenge",
    }
    | FILES
)
