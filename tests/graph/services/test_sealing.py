"""Tests for graph.services.sealing and the commands that seal: security.md 6, tests 18 and 19, at the size of CI."""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.__main__ import main
from graph.model.audit import GENESIS, AuditEvent, Place, chained, shard_of
from graph.model.errors import Conflict, NotFound, Refused, Unreadable
from graph.services import audit, sealing
from graph.services.audit import Head
from graph.services.sealed_log import SealedLog
from graph.services.sealing import Signer
from graph.settings import Settings, sealer_key_file
from graph.store import Database, Transaction
from graph.verifier import verify_audit
from tests.builders import _run, values

ACTOR = "os:root"
SHARD = shard_of(ACTOR)
OTHER = next(f"user {n}" for n in range(99) if shard_of(f"user {n}") != SHARD)


def act(db: Database, actor: str = ACTOR) -> str:
    op_id = secrets.token_hex(16)

    def work(tx: Transaction) -> str:
        return audit.record_act(tx, actor=actor, action="shield.add", child_refs=("K7Q2M94D00",), op_id=op_id).key

    return db.transact(work, op_id=op_id)


@pytest.fixture
def log(tmp_path: Path) -> SealedLog:
    return SealedLog(tmp_path / "sealed")


@pytest.fixture
def signer(log: SealedLog, tmp_path: Path) -> Signer:
    sealing.make_key(tmp_path / "sealer" / "key", log, "signpost.example/audit")
    return sealing.read_key(tmp_path / "sealer" / "key")


def faults(db: Database, log: SealedLog, *copies: bytes) -> tuple[str, ...]:
    return sealing.verify(db, SealedLog(log.folder), copies=copies, strict=True).faults


def given_sealed(db: Database, log: SealedLog, signer: Signer) -> None:
    """Six events of one chain and two of another, sealed in three steps, and one more of each that is not sealed."""
    for _ in range(3):
        act(db)
        act(db)
        sealing.seal(db, log, signer)
    for _ in range(2):
        act(db, OTHER)
    sealing.seal(db, log, signer)
    act(db)
    act(db, OTHER)


def test_sealing_adds_what_is_new_and_the_log_verifies(db: Database, log: SealedLog, signer: Signer) -> None:
    assert sealing.seal(db, log, signer).checkpoint.size == 0
    act(db)
    act(db, OTHER)
    assert sealing.seal(db, log, signer).new == 2
    assert sealing.seal(db, log, signer).new == 0
    act(db)
    assert sealing.seal(db, SealedLog(log.folder), signer).checkpoint.size == 3

    found = sealing.verify(db, log, strict=True)
    assert (found.faults, found.events, found.sealed) == ((), 3, 3)
    assert [file.name for file in log.notes()] == [f"{size:015d}" for size in (0, 2, 3)]


def test_a_log_says_nothing_of_anybody(db: Database, log: SealedLog, signer: Signer) -> None:
    given_sealed(db, log, signer)

    for file in log.folder.rglob("*"):
        assert file.is_dir() or b"K7Q2M94D00" not in file.read_bytes()
    assert len(log.leaves.read_bytes()) == 8 * 84


def rewritten(db: Database, actor: str, keep: int) -> None:
    """What a database administrator can do: the chain of this actor written anew after so many events, and whole."""
    shard = shard_of(actor)
    rows = list(audit.walk(db, shard, 1, 100))
    place = Place(keep, rows[keep - 1].hash) if keep else Place()
    for row in rows[keep:]:
        said = json.loads(row.content)
        event = AuditEvent(**said | {"action": "shield.list"} | {k: tuple(said[k]) for k in TUPLES})
        made = chained(event, shard=shard, last_seq=place.seq, prev=place.hash)
        _run(
            db,
            "MATCH (event:AuditEvent {key: $key}) SET event += $set",
            key=made.key,
            set={"action": made.action, "content": made.content, "prev": made.prev, "hash": made.hash},
        )
        place = Place(made.seq, made.hash)
    _run(db, "MATCH (head:AuditHead {shard: $shard}) SET head.hash = $hash", shard=shard, hash=place.hash)


TUPLES = ("child_refs", "fields", "facts")


def cut(db: Database, shard: int, keep: int) -> None:
    """An older graph: the chain as it was after so many events, head and all."""
    _run(db, "MATCH (e:AuditEvent {shard: $shard}) WHERE e.seq > $keep DELETE e", shard=shard, keep=keep)
    last = [row.hash for row in audit.walk(db, shard, keep, keep)] if keep else [GENESIS]
    text = "MATCH (head:AuditHead {shard: $shard}) SET head.seq = $keep, head.hash = $hash"
    _run(db, text, shard=shard, keep=keep, hash=last[0])


def deleted(db: Database, seq: int) -> None:
    _run(db, "MATCH (event:AuditEvent {key: $key}) DELETE event", key=f"{SHARD}:{seq}")


def exchanged(db: Database) -> None:
    text = """
    MATCH (a:AuditEvent {key: $a}), (b:AuditEvent {key: $b})
    WITH a, b, properties(a) AS was, properties(b) AS now
    SET a.content = now.content, b.content = was.content, a.hash = now.hash, b.hash = was.hash
    """
    _run(db, text, a=f"{SHARD}:2", b=f"{SHARD}:3")


def copied(db: Database, *, shard: int, seq: int) -> None:
    text = """
    MATCH (event:AuditEvent {key: $key})
    CREATE (twin:AuditEvent {key: $new, op_id: $op_id})
    SET twin += event {.*, key: $new, op_id: $op_id, shard: $shard, seq: $seq}
    """
    _run(db, text, key=f"{SHARD}:2", new=f"{shard}:{seq}", op_id=secrets.token_hex(8), shard=shard, seq=seq)


def inserted(db: Database) -> None:
    """An event put between two, with every later one moved on and the chain computed anew."""
    rows = list(audit.walk(db, SHARD, 1, 100))
    act(db)
    _run(db, "MATCH (event:AuditEvent {key: $key}) SET event.action = 'user.add'", key=rows[1].key)
    rewritten(db, ACTOR, 1)


def spliced(db: Database) -> None:
    """The last events of one chain hung on to another."""
    place = Place(3, next(iter(audit.walk(db, shard_of(OTHER), 3, 3))).hash)
    rows = list(audit.walk(db, SHARD, 5, 6))
    cut(db, SHARD, 4)
    for row in rows:
        said = json.loads(row.content)
        event = AuditEvent(**said | {"op_id": secrets.token_hex(16)} | {k: tuple(said[k]) for k in TUPLES})
        made = chained(event, shard=shard_of(OTHER), last_seq=place.seq, prev=place.hash)
        head = Head(made.shard, place.seq, place.hash)
        db.transact(lambda tx, event=event, head=head: audit.append_after(tx, event, head))  # type: ignore[misc]
        place = Place(made.seq, made.hash)


ATTACKS: dict[str, tuple[Callable[[Database], None], str]] = {
    "the first is taken out": (lambda db: deleted(db, 1), f"{SHARD}:1 is not the event that was sealed"),
    "one in the middle is taken out": (lambda db: deleted(db, 3), f"{SHARD}:3 is not the event that was sealed"),
    "the last is taken out": (lambda db: deleted(db, 7), "ends at 6"),
    "the tail is taken out and the head set back": (lambda db: cut(db, SHARD, 4), f"{SHARD}:5 is sealed and is not"),
    "a whole chain is taken out": (
        lambda db: (cut(db, SHARD, 0), _run(db, "MATCH (h:AuditHead {shard: $s}) DELETE h", s=SHARD))[1],
        f"{SHARD}:1 is sealed and is not",
    ),
    "two change places": (exchanged, f"{SHARD}:2 is not the event that was sealed"),
    "one is there twice": (lambda db: copied(db, shard=SHARD, seq=99), f"{SHARD}:99 stands outside its chain"),
    "one is put into a chain of its own": (lambda db: copied(db, shard=99, seq=1), "99:1 stands outside its chain"),
    "one is put in between": (inserted, f"{SHARD}:2 is not the event that was sealed"),
    "chains are spliced": (spliced, f"{SHARD}:5 is sealed and is not"),
    "the chain is computed anew from its start": (lambda db: rewritten(db, ACTOR, 0), f"{SHARD}:1 is not the event"),
    "the chain is computed anew from the last": (lambda db: rewritten(db, ACTOR, 5), f"{SHARD}:6 is not the event"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_database_administrator_can_do_is_detected(
    db: Database, log: SealedLog, signer: Signer, attack: str
) -> None:
    given_sealed(db, log, signer)
    assert faults(db, log) == ()
    does, said = ATTACKS[attack]

    does(db)

    assert said in faults(db, log)[0]
    act(db, "somebody else")


def test_the_sealer_does_not_sign_a_chain_that_was_written_anew(db: Database, log: SealedLog, signer: Signer) -> None:
    given_sealed(db, log, signer)
    before = (log.leaves.read_bytes(), log.published.read_bytes())
    rewritten(db, ACTOR, 5)

    with pytest.raises(Refused, match=rf"Nothing was signed. {SHARD}:6 "):
        sealing.seal(db, log, signer)

    assert (log.leaves.read_bytes(), log.published.read_bytes()) == before


def test_the_sealer_does_not_sign_an_older_graph_or_a_broken_link(db: Database, log: SealedLog, signer: Signer) -> None:
    given_sealed(db, log, signer)
    _run(db, "MATCH (event:AuditEvent {key: $key}) SET event.content = $it", key=f"{SHARD}:7", it=b"{}")
    with pytest.raises(Refused, match=f"{SHARD}:7 was changed"):
        sealing.seal(db, log, signer)

    cut(db, SHARD, 2)
    with pytest.raises(Refused, match=f"{SHARD}:3 is sealed and is not in the graph"):
        sealing.seal(db, log, signer)


def test_the_chains_of_a_restored_graph_hold_by_themselves_and_not_beside_the_log(
    db: Database, log: SealedLog, signer: Signer
) -> None:
    given_sealed(db, log, signer)
    cut(db, SHARD, 3)

    assert audit.verify_log(db) == []
    assert faults(db, log)[0].startswith(f"{SHARD}:4 is sealed")


def test_a_log_that_was_put_back_or_forged_is_shown_by_a_copy_held_elsewhere(
    db: Database, log: SealedLog, signer: Signer, tmp_path: Path
) -> None:
    act(db)
    sealing.seal(db, log, signer)
    old = {file: file.read_bytes() for file in log.folder.rglob("*") if file.is_file()}
    act(db)
    sealing.seal(db, log, signer)
    copy = log.published.read_bytes()
    for file in log.folder.rglob("*"):
        if file.is_file():
            file.unlink()
    for file, content in old.items():
        file.write_bytes(content)
    cut(db, SHARD, 1)

    assert faults(db, log) == ()
    assert faults(db, log, copy) == (
        "The copy 1 of a checkpoint does not hold. The sealed log has 1 leaves, the checkpoint speaks of 2.",
    )


def test_a_checkpoint_that_was_taken_away_without_its_leaves_is_shown_by_a_copy(
    db: Database, log: SealedLog, signer: Signer
) -> None:
    act(db)
    sealing.seal(db, log, signer)
    act(db)
    sealing.seal(db, log, signer)
    copy, newest = log.published.read_bytes(), log.notes()[-1]
    newest.unlink()
    log.published.write_bytes(log.notes()[-1].read_bytes())

    assert faults(db, log, copy) == (
        "The copy 1 of a checkpoint does not hold. The sealed log of 1 leaves does not follow its checkpoint of 2.",
    )


def test_what_is_sealed_meanwhile_is_no_fault_and_in_no_export(db: Database, log: SealedLog, signer: Signer) -> None:
    class Meanwhile(SealedLog):
        """A log that grows by an event each time its checkpoints have been listed."""

        def notes(self) -> list[Path]:
            found = super().notes()
            act(db)
            sealing.seal(db, SealedLog(log.folder), signer)
            return found

    act(db)
    sealing.seal(db, log, signer)

    assert sealing.verify(db, Meanwhile(log.folder), strict=True).faults == ()
    exported = sealing.exported(Meanwhile(log.folder), list(audit.walk(db, SHARD, 1, 1)))
    assert len(verify_audit.verify(exported, signer.public.text)) == 1


def test_every_bit_of_a_checkpoint_and_of_a_leaf_counts(db: Database, log: SealedLog, signer: Signer) -> None:
    act(db)
    act(db, OTHER)
    sealing.seal(db, log, signer)
    for file in (log.published, log.notes()[-1], log.leaves):
        whole = file.read_bytes()
        for bit in range(len(whole) * 8):
            changed = bytearray(whole)
            changed[bit // 8] ^= 1 << bit % 8
            file.write_bytes(bytes(changed))
            found = sealing.checkpoint_faults(SealedLog(log.folder), signer.public)
            sealing.sealed_hashes(log, log.size, found)
            assert found, f"bit {bit} of {file.name}"
        file.write_bytes(whole)
    assert sealing.checkpoint_faults(SealedLog(log.folder), signer.public) == []


def test_every_bit_of_an_event_counts(db: Database, log: SealedLog, signer: Signer) -> None:
    act(db)
    act(db)
    (head,) = db.read(audit.LIST_HEADS)
    event, last = audit.walk(db, SHARD, 1, 2)
    sealed = {SHARD: [event.hash, last.hash]}

    for name in ("content", "prev", "hash"):
        whole: bytes = getattr(event, name)
        for bit in range(len(whole) * 8):
            changed = bytearray(whole)
            changed[bit // 8] ^= 1 << bit % 8
            bad = replace(event, **{name: bytes(changed)})  # type: ignore[arg-type]
            found = sealing.faults_against(sealed, [head], lambda _head, bad=bad: [bad, last])  # type: ignore[misc]
            assert event.key in found[0] or last.key in found[0], f"bit {bit} of {name}"
    assert sealing.faults_against(sealed, [head], lambda _head: [event, last]) == []


@pytest.mark.parametrize("spoil", ["gone", "exchanged", "older name"])
def test_checkpoints_that_were_taken_away_or_exchanged_are_detected(
    db: Database, log: SealedLog, signer: Signer, spoil: str
) -> None:
    given_sealed(db, log, signer)
    first, second, *_, last = log.notes()
    match spoil:
        case "gone":
            last.unlink()
        case "exchanged":
            first.write_bytes(second.read_bytes())
        case "older name":
            last.rename(last.with_name("000000000000007"))

    assert faults(db, log)


def test_a_sealer_that_died_before_it_signed_leaves_a_log_that_goes_on(
    db: Database, log: SealedLog, signer: Signer
) -> None:
    given_sealed(db, log, signer)
    rows = list(audit.walk(db, SHARD, 7, 7))
    log.append([sealing.leaf_of(SHARD, Place(7, rows[0].hash))])
    with log.leaves.open("ab") as file:
        file.write(b"07:00000")

    assert sealing.seal(db, log, signer).new == 2
    assert faults(db, log) == ()


def test_leaves_that_nobody_signed_are_compared_before_they_are(db: Database, log: SealedLog, signer: Signer) -> None:
    given_sealed(db, log, signer)
    log.append([sealing.leaf_of(SHARD, Place(7, bytes(32)))])

    with pytest.raises(Refused, match=f"{SHARD}:7 is not the event"):
        sealing.seal(db, log, signer)


def test_one_sealer_at_a_time(db: Database, log: SealedLog, signer: Signer) -> None:
    with log.alone(), pytest.raises(Conflict, match="Another sealer"):
        sealing.seal(db, log, signer)


def test_no_false_alarm_while_many_write_and_one_seals(db: Database, log: SealedLog, signer: Signer) -> None:
    with ThreadPoolExecutor(9) as threads:
        writing = [threads.submit(act, db, f"user {number % 40}") for number in range(240)]
        while not all(each.done() for each in writing):
            sealing.seal(db, log, signer)
            assert faults(db, log) == ()
        for each in writing:
            each.result()

    assert sealing.seal(db, log, signer).checkpoint.size == 240
    assert faults(db, log) == ()


def test_a_key_is_made_once_and_is_its_owners_alone(log: SealedLog, signer: Signer, tmp_path: Path) -> None:
    file = tmp_path / "sealer" / "key"

    assert file.stat().st_mode & 0o777 == 0o600
    assert log.public_key() == signer.public
    with pytest.raises(Conflict):
        sealing.make_key(file, log, "signpost/audit")
    file.chmod(0o640)
    with pytest.raises(Refused, match="Others can read"):
        sealing.read_key(file)
    with pytest.raises(NotFound):
        sealing.read_key(tmp_path / "none")
    file.chmod(0o600)
    file.write_text(file.read_text().replace("+", "+0", 3))
    with pytest.raises(Unreadable):
        sealing.read_key(file)


def test_the_site_is_not_told_where_the_key_is(settings: Settings) -> None:
    paths = {value for value in vars(settings).values() if isinstance(value, Path)}
    paths |= {getattr(settings, name) for name, kind in vars(Settings).items() if isinstance(kind, property)}

    assert sealer_key_file() not in paths
    assert sealer_key_file().parent not in paths - {settings.home}


def test_an_export_is_verified_by_a_program_that_has_nothing_of_ours(
    settings: Settings, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [act(db), act(db, OTHER), act(db)]
    assert main(["audit", "key", "--name", "signpost.example/audit"]) == 0
    public = capsys.readouterr().out.splitlines()[-1]
    assert main(["audit", "seal"]) == 0
    early = settings.sealed_folder / "checkpoint"
    (tmp_path / "kept").write_bytes(early.read_bytes())
    keys.append(act(db))
    assert main(["audit", "export", str(tmp_path / "no"), "--event", keys[-1]]) == 1
    assert main(["audit", "seal"]) == 0
    words = [word for key in keys for word in ("--event", key)]
    assert main(["audit", "export", str(tmp_path / "export.json"), *words, "--since", str(tmp_path / "kept")]) == 0
    capsys.readouterr()
    assert main(["audit", "verifier"]) == 0
    (tmp_path / "verify.py").write_text(capsys.readouterr().out, encoding="utf-8")

    def verified(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "verify.py", "export.json", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = verified("--key", public, "--since", "kept", "--list")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("shield.add") == 4
    assert "Nothing before your checkpoint was changed" in done.stdout
    other = sealing.make_key(tmp_path / "other" / "key", SealedLog(tmp_path / "other"), "signpost.example/audit")
    assert verified("--key", other.text).returncode == 1
    assert (tmp_path / "export.json").stat().st_mode & 0o777 == 0o600
    assert values(db, "MATCH (e:AuditEvent {action: 'audit.export'}) RETURN e.child_refs") == [(["K7Q2M94D00"],)]
    for spoil in SPOILT:
        export = json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))
        spoil(export)
        with pytest.raises(verify_audit.Wrong):
            verify_audit.verify(export, public, (tmp_path / "kept").read_text(encoding="utf-8"))


SPOILT: list[Callable[[dict[str, Any]], object]] = [
    lambda export: export["events"][1].update(content=export["events"][0]["content"]),
    lambda export: export["events"][1].update(prev="11" * 32),
    lambda export: export["events"][1].update(index=(export["events"][1]["index"] + 1) % 4),
    lambda export: export["events"][1].update(path=[]),
    lambda export: export["consistency"].clear(),
    lambda export: export["consistency"].update({"3": ["00" * 32]}),
    lambda export: export.update(checkpoint=export["checkpoint"].replace("\n4\n", "\n5\n")),
    lambda export: export.update(format="another"),
]


def test_the_command_says_what_is_sealed_and_what_is_wrong(
    settings: Settings, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    act(db)
    assert main(["audit", "verify"]) == 0
    assert "Nothing is sealed" in capsys.readouterr().out
    assert main(["audit", "verify", "--sealed"]) == 1
    assert main(["audit", "key"]) == 0
    assert main(["audit", "seal"]) == 0
    capsys.readouterr()
    assert main(["audit", "verify", "--sealed", "--checkpoint", str(settings.sealed_folder / "checkpoint")]) == 0
    assert capsys.readouterr().out == (
        "Every chain of the audit log holds.\n1 of 1 events are sealed, and are as they were.\n"
    )
    rewritten(db, ACTOR, 0)
    assert main(["audit", "verify"]) == 1
    assert capsys.readouterr().out.startswith(f"{SHARD}:1 is not the event that was sealed")
    assert main(["audit", "seal"]) == 1
