"""Test 18 of security.md at full size: a sealed log of many events, attacked in every way, and honest writers.

    python -m benchmarks.tamper [--events 10000] [--bits 500] [--honest 1000000] [--seed 18]

The chains are in memory, the sealed log is on the disk, and both are judged by the code that `audit verify` runs. The
graph's own part of it (dumps, heads, constraints) is in tests/graph/services/test_sealing.py.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.model.audit import GENESIS, SHARDS, AuditEvent, Place, StoredEvent, chained, leaf_of, verify_chain
from graph.model.checkpoint import Checkpoint, signed_note
from graph.model.errors import Unreadable
from graph.services import sealing
from graph.services.audit import Head
from graph.services.sealed_log import SealedLog, verified

Chains = dict[int, list[StoredEvent]]


def chains_of(number: int, chance: random.Random) -> Chains:
    """So many events, spread over the chains."""
    made: Chains = {shard: [] for shard in range(SHARDS)}
    for place in range(number):
        shard = chance.randrange(SHARDS)
        event = AuditEvent(
            op_id=f"{place:032x}",
            at=1_795_000_000_000 + place,
            actor=f"user {chance.randrange(500)}",
            action=chance.choice(("child.find", "child.signpost", "child.circle")),
            decision="allowed",
            rule="circle: at once",
            policy="campaign",
            salt=chance.randbytes(32).hex(),
            child_refs=(f"{chance.randrange(32**10):010X}"[:10],),
        )
        chain = made[shard]
        prev = chain[-1].hash if chain else GENESIS
        chain.append(chained(event, shard=shard, last_seq=len(chain), prev=prev))
    return made


def heads_of(chains: Chains) -> list[Head]:
    """The ends of the chains as whoever wrote them would have it."""
    return [Head(shard, len(chain), chain[-1].hash) for shard, chain in chains.items() if chain]


def faults_in(chains: Chains, sealed: dict[int, list[bytes]], heads: list[Head] | None = None) -> list[str]:
    """What `audit verify` says of these chains."""
    return sealing.faults_against(sealed, heads or heads_of(chains), lambda head: chains.get(head.shard, []))


def anew(chain: list[StoredEvent], start: int, change: Callable[[list[StoredEvent]], list[StoredEvent]]) -> Chains:
    """A chain whose events from `start` on are changed, and then chained again as an administrator would."""
    prev, made = (chain[start - 1].hash if start else GENESIS), chain[:start]
    for event in change(chain[start:]):
        said: dict[str, Any] = json.loads(event.content)
        said |= {name: tuple(each) for name, each in said.items() if isinstance(each, list)}
        again = AuditEvent(**said)
        made.append(chained(again, shard=event.shard, last_seq=len(made), prev=prev))
        prev = made[-1].hash
    return {chain[0].shard: made}


def attacks(chains: Chains, chance: random.Random) -> dict[str, Chains]:
    """The chains after each way to tamper with them."""
    shard = max(chains, key=lambda each: len(chains[each]))
    other = next(each for each in chains if each != shard)
    chain = chains[shard]
    at = chance.randrange(1, len(chain) - 2)
    moved = [*chain[:at], chain[at + 1], chain[at], *chain[at + 2 :]]
    cut = {shard: chain[:at]}
    return {
        "head taken out": {shard: chain[1:]},
        "middle taken out": {shard: chain[:at] + chain[at + 1 :]},
        "tail taken out": cut,
        "moved": {shard: moved},
        "twice": {shard: [*chain[: at + 1], chain[at], *chain[at + 1 :]]},
        "put in": {shard: [*chain[:at], chains[other][0], *chain[at:]]},
        "spliced": {shard: chain[:at] + chains[other][at:], other: chains[other][:at] + chain[at:]},
        "spliced and chained anew": cut | anew(chains[other], 1, lambda rest: [*rest, *chain[at:]]),
        "chained anew": anew(chain, at, lambda rest: [replace_actor(each) for each in rest]),
        "taken out and chained anew": anew(chain, at, lambda rest: rest[1:]),
        "moved and chained anew": anew(chain, at, lambda rest: [rest[1], rest[0], *rest[2:]]),
        "older dump": {each: events[: len(events) * 9 // 10] for each, events in chains.items()},
        "whole chain gone": {shard: []},
    }


def replace_actor(event: StoredEvent) -> StoredEvent:
    """The event by somebody else, with its bytes."""
    return replace(event, content=event.content.replace(b'"actor":"user ', b'"actor":"nobody '))


def flipped(content: bytes, bit: int) -> bytes:
    """The same bytes but for one bit."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def undetected_bits(chains: Chains, sealed: dict[int, list[bytes]], number: int, chance: random.Random) -> list[str]:
    """Flipped bits of so many events that were not detected, and how many were tried."""
    every = [event for chain in chains.values() for event in chain]
    missed, tried = [], 0
    for event in chance.sample(every, min(number, len(every))):
        for name in ("content", "prev", "hash"):
            whole: bytes = getattr(event, name)
            for bit in range(len(whole) * 8):
                bad = replace(event, **{name: flipped(whole, bit)})  # type: ignore[arg-type]
                tried += 1
                if not judged(bad, event, sealed):
                    missed.append(f"{event.key} {name} {bit}")
    print(f"flipped bits: {tried:,} tried, {len(missed)} missed")
    return missed


def judged(bad: StoredEvent, was: StoredEvent, sealed: dict[int, list[bytes]]) -> list[str]:
    """What is said of one event at its place: its link, and its leaf."""
    if bad.hash != sealed[was.shard][was.seq - 1]:
        return ["not as it was sealed"]
    after = Place(was.seq - 1, was.prev)
    return verify_chain([bad], seq=was.seq, head=sealed[was.shard][was.seq - 1], after=after)


def sealed_steps(log: SealedLog, signer: sealing.Signer, chains: Chains, steps: int) -> dict[int, list[bytes]]:
    """Seals the chains in so many steps, and returns what was sealed of each."""
    taken = dict.fromkeys(chains, 0)
    for step in range(1, steps + 1):
        leaves = []
        for shard, chain in sorted(chains.items()):
            end = len(chain) * step // steps
            leaves += [leaf_of(shard, Place(each.seq, each.hash)) for each in chain[taken[shard] : end]]
            taken[shard] = end
        log.append(leaves)
        checkpoint = Checkpoint(signer.public.name, log.size, log.root(log.size))
        log.save(signed_note(checkpoint, signer.public, signer.sign(checkpoint)))
    return {shard: [event.hash for event in chain] for shard, chain in chains.items() if chain}


def undetected_checkpoints(log: SealedLog, signer: sealing.Signer) -> int:
    """How many flipped bits of how many checkpoints pass for a checkpoint of this log."""
    missed = tried = 0
    for file in log.notes():
        whole = file.read_bytes()
        for bit in range(len(whole) * 8):
            tried += 1
            try:
                verified(flipped(whole, bit), signer.public)
                missed += 1
            except Unreadable:
                continue
    print(f"flipped bits of {len(log.notes())} checkpoints: {tried:,} tried, {missed} missed")
    return missed


def main() -> int:
    """Runs the campaign; exit code 1 if anything was missed or an honest log was blamed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--bits", type=int, default=500, help="events of which every bit is flipped")
    parser.add_argument("--honest", type=int, default=1_000_000, help="honest events that must not be blamed")
    parser.add_argument("--seed", type=int, default=18)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    print(f"seed {given.seed}, {given.events:,} events, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        log = SealedLog(Path(folder, "sealed"))
        sealing.make_key(Path(folder, "sealer", "key"), log, "signpost.example/campaign")
        signer = sealing.read_key(Path(folder, "sealer", "key"))
        chains = chains_of(given.events, chance)
        sealed = sealed_steps(log, signer, chains, 20)
        wrong = len(faults_in(chains, sealed)) + len(sealing.checkpoint_faults(log, signer.public))
        wrong += len(undetected_bits(chains, sealed, given.bits, chance)) + undetected_checkpoints(log, signer)
        for name, changed in attacks(chains, chance).items():
            found = faults_in({**chains, **changed}, sealed)
            wrong += not found
            print(f"{name}: {found[0] if found else 'MISSED'}")
    began = time.monotonic()
    honest = chains_of(given.honest, chance)
    alarms = faults_in(honest, {shard: [event.hash for event in chain] for shard, chain in honest.items()})
    print(f"{given.honest:,} honest events: {len(alarms)} false alarms, {time.monotonic() - began:.0f} s")
    return 1 if wrong or alarms else 0


if __name__ == "__main__":
    sys.exit(main())
