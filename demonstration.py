"""`make demo`: two invented areas, loaded by the real loaders into a real Neo4j, and the site that shows them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from graph import server
from graph.model.errors import SignpostError
from graph.model.roles import Role
from graph.services import access, audit, loads, overriding, sealing
from graph.services.carry import count_graph
from graph.services.demonstration import mark, passwords_file
from graph.services.sealed_log import SealedLog
from graph.settings import Settings, SettingsError, sealer_key_file
from graph.store import Database
from graph.store.migrations import migrate
from loaders.commands import files_of
from loaders.first import load_first
from loaders.keys import hashing_key
from loaders.loading import Desk, load_file
from loaders.registry import FEEDS
from loaders.synthetic import PRACTITIONERS, stories_at, synthesise, tomorrow

CHILDREN = 20_000
SEED = 1
NORTHSHIRE, SOUTHMERE = "E10000901", "E06000901"

# Username, name, role, organisation, authority, statutory; the practitioners of the stories are added to these.
OTHERS = (
    ("grace.field", "Grace Field", Role.SAFEGUARDING_LEAD, "Northshire County Council", NORTHSHIRE, True),
    ("sam.ellis", "Sam Ellis", Role.SAFEGUARDING_LEAD, "Northshire County Council", NORTHSHIRE, True),
    ("omar.said", "Omar Said", Role.DATA_MANAGER, "Northshire County Council", NORTHSHIRE, False),
    ("ivy.chen", "Ivy Chen", Role.DATA_MANAGER, "Northshire County Council", NORTHSHIRE, False),
    ("hana.brook", "Hana Brook", Role.SAFEGUARDING_LEAD, "Southmere Council", SOUTHMERE, True),
    ("ops", "Jo Marsh", Role.OPERATOR, "Signpost operations", None, False),
    ("auditor", "Ida Stone", Role.AUDITOR, "Signpost operations", None, False),
    ("admin", "Lee Grant", Role.ADMINISTRATOR, "Signpost operations", None, False),
    ("admin.two", "Rosa Kent", Role.ADMINISTRATOR, "Signpost operations", None, False),
)
MAY_OVERRIDE = "grace.field"
EACH_MINUTE = (("audit", "seal", "--every", "60"), ("watch", "now", "--every", "60"))


# Who employs the practitioners of the stories, by the supplier whose file names them.
EMPLOYERS = {
    "hillbrook": "Hillbrook Primary School",
    "northshire": "Northshire County Council",
    "southmere": "Southmere Council",
    "harbour": "Harbour",
    "youthjustice": "Northshire Youth Justice",
    "communityhealth": "Northshire Community Health",
}
STATUTORY_SERVICES = {"NS-SOCIAL", "SM-SOCIAL", "NS-YJS"}


def main() -> int:
    """Runs the demonstration until Ctrl-C; then stops the site, and then the graph."""
    os.environ["SIGNPOST_DEMO"] = "1"
    # Asked to end by a scheduler, it stops the site and the graph as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        settings = Settings.from_environment()
        if settings.external is not None:
            raise SettingsError("NEO4J_URI is set. The demonstration has a graph of its own: unset it.")
        server.up(settings, tell)
        try:
            prepare(settings)
            return serve(settings)
        finally:
            server.down(settings, tell)
    except (SignpostError, SettingsError) as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def prepare(settings: Settings) -> None:
    """Leaves the graph with the two areas in it, accounts to sign in with, and files to load tomorrow."""
    today, later, as_at = settings.home / "demo" / "today", settings.home / "demo" / "tomorrow", as_at_of(settings)
    with opened(settings) as db:
        migrate(db)
        loads.recover(db)
        mark(db, ours=(settings.home / "demo" / "loaded").exists())
    if not (settings.home / "demo" / "loaded").exists():
        tell(f"Inventing {CHILDREN:,} children of two areas …")
        synthesise(today, children=CHILDREN, as_at=as_at, seed=SEED)
        tomorrow(later, as_at=as_at, seed=SEED, children=CHILDREN)
        # Where the console finds them.
        shutil.copytree(later, settings.inbox, dirs_exist_ok=True)
        fill(settings, today)
        (settings.home / "demo" / "loaded").touch()
    with opened(settings) as db:
        add_accounts(settings, db)


def as_at_of(settings: Settings) -> date:
    """The day of which the demonstration's files speak: the day on which they were made, so that they are fresh."""
    note = settings.home / "demo" / "as-at"
    if not note.exists():
        note.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        note.write_text(f"{date.today()}\n", encoding="utf-8")
    return date.fromisoformat(note.read_text(encoding="utf-8").strip())


def fill(settings: Settings, folder: Path) -> None:
    """Loads every file of the folder: an empty graph takes them by the first load, as an operator's would."""
    with opened(settings) as db:
        desk = Desk(db, settings.home, hashing_key(settings.keys_folder), tell=tell)
        files, _ = files_of(folder)
        empty = not count_graph(db).records
        results = (
            load_first(settings, desk, files) if empty else [load_file(desk, FEEDS[n.feed], p, n) for p, n in files]
        )
    for result in results:
        if result.outcome not in ("loaded", "already loaded"):
            raise SignpostError(f"{result.file}: {result.outcome}. {' '.join(result.errors)}")


def opened(settings: Settings) -> Database:
    """The demonstration's graph."""
    at = server.connection(settings)
    return Database(at.uri, at.user, at.password)


def add_accounts(settings: Settings, db: Database) -> None:
    """Makes an account for each practitioner of the stories and each other role; passwords go to a private file."""
    there = {account.username for account in access.list_users(db)}
    by = audit.command_line_actor()
    lines = []
    for username, values in _accounts():
        if username not in there:
            made = access.record_user(db, username=username, by=by, **values)  # type: ignore[arg-type]
            if username == MAY_OVERRIDE:
                overriding.give_right(db, username=username, held=True, by=by)
            lines.append(f"{username:14} {made.password:32} {values['name']}, {values['role']}\n")
    if lines:
        descriptor = os.open(passwords_file(settings), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "a", encoding="utf-8") as file:
            file.writelines(lines)


def _accounts() -> list[tuple[str, dict[str, object]]]:
    made: list[tuple[str, dict[str, object]]] = [
        (
            username,
            {"name": name, "role": role, "organisation": organisation, "authority": authority, "statutory": statutory},
        )
        for username, name, role, organisation, authority, statutory in OTHERS
    ]
    for person in PRACTITIONERS:
        first, _, last = person.name.lower().partition(" ")
        made.append(
            (
                f"{first}.{last}",
                {
                    "name": person.name,
                    "role": Role.PRACTITIONER,
                    "organisation": EMPLOYERS[person.supplier],
                    "authority": SOUTHMERE if person.service_id.startswith("SM-") else NORTHSHIRE,
                    "statutory": person.service_id in STATUTORY_SERVICES,
                    "practitioner_id": f"{person.supplier}:{person.code}",
                    "service_id": person.service_id,
                },
            )
        )
    return made


def serve(settings: Settings) -> int:
    """Serves the site in a process of its own until Ctrl-C or until it ends by itself; gives its exit code."""
    tell(said(settings))
    with beside(settings):
        site = subprocess.Popen([sys.executable, "-m", "webapp"], start_new_session=True)
        try:
            return site.wait()
        except KeyboardInterrupt:
            tell("Stopping the site, then the graph …")
            site.send_signal(signal.SIGTERM)
            site.wait(timeout=30)
            return 0


@contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """Seals the audit log and looks through it for misuse, each minute while the site is served."""
    if not sealer_key_file().exists():
        sealing.make_key(sealer_key_file(), SealedLog(settings.sealed_folder), "signpost.example/demonstration")
    with open(settings.home / "demo" / "beside.log", "ab") as log:
        at_work = [
            subprocess.Popen([sys.executable, "-m", "graph", *act], stdout=log, stderr=log, start_new_session=True)
            for act in EACH_MINUTE
        ]
        try:
            yield
        finally:
            for each in at_work:
                each.send_signal(signal.SIGTERM)
            for each in at_work:
                each.wait(timeout=30)


def said(settings: Settings) -> str:
    """What a person needs to begin: the address, how to sign in, three things to try for each group."""
    number = {story.number: story for story in stories_at(as_at_of(settings))}
    ana, born = number[1].who[0]
    five, five_born = number[7].who[0]
    refuge, refuge_born = number[4].who[0]
    daughter, _ = number[10].who[0]
    later = settings.home / "demo" / "tomorrow"
    return f"""
Signpost is at http://localhost:{settings.web_port}. Everybody in it is invented. Ctrl-C stops it.

To sign in: the first page lists everybody and fills the form in for you. A code lasts 30 seconds.
Usernames and passwords are also in {passwords_file(settings)}, and codes come from:  make code USER=dawn.okoro

Practitioners (dawn.okoro, a teacher; lena.walsh, a key worker):
  1. Find {ana}, born {born:%-d %B %Y}: whom would you ring first?
  2. Find {refuge}, born {refuge_born:%-d %B %Y}: what may you see of a shielded child?
  3. Find {five}, born {five_born:%-d %B %Y}: which services are not listed, and whom can you ask?
Safeguarding leads (grace.field):
  1. Open “My area” and ask for 5 or more agencies: who is that child, and which agencies work with him?
  2. Find Reuben, who moved here from Southmere: what ended there, and when?
  3. Find {refuge}, override her shield, and sign in as sam.ellis: who is told, and who looks into it?
Data managers (omar.said; ivy.chen for what takes two people):
  1. Open “Match review” and its first case: why does it wait, and how many people decide it?
  2. Decide a case that needs one person, then take the two apart again under “Decisions made”.
  3. Open a line of a child’s page: from which feed, run and line of which file does it come?
Operators (ops: the console has tomorrow’s files in its inbox; or at a second terminal, SIGNPOST_HOME={settings.home}):
  1. .venv/bin/python -m loaders runs
  2. .venv/bin/python -m loaders check child_benefit {later}/child_benefit.dwp.*   (twelve bad rows)
  3. .venv/bin/python -m loaders load --all {later}   (then: show, undo)
Auditors and administrators (auditor; admin and admin.two):
  1. As auditor, open “Who looked”: which children has dawn.okoro opened, and why?
  2. Open “Alerts” a minute after Dawn has looked at {daughter}, her own daughter: what was noticed, and who owns it?
  3. As admin, ask for an account; as admin.two, approve it: where does its link come from?
"""


def tell(sentence: str) -> None:
    """Prints a step at once."""
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
