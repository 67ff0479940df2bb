"""How fast walking on from a circle is, its queries alone and with audit: `python -m benchmarks.walk --children N`."""

import json
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import circle
from benchmarks.clients import Child, timed_each, user
from benchmarks.homes import opened, served, settings_for
from benchmarks.measure import Times, apart, machine, table, tell, times
from graph.model import clock, pace
from graph.model.audit import GENESIS
from graph.model.circle import Act, Depth
from graph.model.errors import NotFound, Refused
from graph.model.filter import Filter
from graph.model.reasons import reason_coded
from graph.services import access, disclosure, walking
from graph.services.handles import handle_of
from graph.settings import Settings
from graph.store import Database, Transaction

_REASON, _WARM_UP = "safeguarding", 50


@dataclass
class Report:
    """Everything that one run measured, in milliseconds and calls a second."""

    children: int
    machine: dict[str, Any]
    walked: int = 0
    come_to: int = 0
    refused: int = 0
    figures: dict[str, Times] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what the words ask for, which are those of benchmarks.circle, and prints the report."""
    chosen = circle._parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signpost-walk-", dir=chosen.work) as work:
        settings = settings_for(
            chosen.home or Path(work) / "home", children=chosen.children, heap=chosen.heap, page_cache=chosen.page_cache
        )
        if chosen.home is None:
            circle.fill(settings, chosen, Path(work))
        report = apart(_measured, settings, chosen)
    print(json.dumps(asdict(report), default=str) if chosen.json else in_words(report))
    return 0


def _measured(settings: Settings, chosen: Namespace) -> Report:
    report = Report(chosen.children, machine())
    with served(settings), opened(settings) as db:
        children = circle.draw(db, chosen)
        token = user(db, authority=chosen.authority)
        for child in children[:_WARM_UP]:
            _walk(db, token, child, report)
        mine = children[_WARM_UP : _WARM_UP + chosen.calls]
        report.walked = report.come_to = report.refused = 0
        tell(f"{len(mine)} children …")
        alone = [each for child in mine if (each := _alone(db, token, child)) is not None]
        report.figures["queries of a walk alone"] = times(alone)
        taken = timed_each([partial(_walk, db, token, child, report) for child in mine])
        report.figures["walk with the household, with audit"] = times(taken)
        counts = timed_each([partial(_walk, db, token, child, report, ()) for child in mine])
        report.figures["walk, counts only, with audit"] = times(counts)
    return report


def _walk(db: Database, token: str, child: Child, report: Report, steps: Sequence[str] = ("home",)) -> None:
    try:
        shown = walking.show_connections(
            db,
            token,
            handle_of(token, child.child_id),
            reason=_REASON,
            case_reference="",
            depth=Depth.CIRCLE,
            steps=steps,
        )
    except (NotFound, Refused):
        report.refused += 1
        return
    report.walked += 1
    report.come_to += sum(len(band.children) for band in shown.walk.bands)


def _alone(db: Database, token: str, child: Child) -> float | None:
    """How many seconds the queries of a walk took besides the circle's; None where the circle is not for this user."""
    moment = clock.now()
    today = clock.day_in_england(moment)
    ask = disclosure.Ask(
        token=token,
        handle=handle_of(token, child.child_id),
        reason=reason_coded(_REASON),
        case_reference="",
        depth=Depth.CIRCLE,
        at=moment,
        today=today,
        chosen=Filter(today),
        act=Act.PAGE,
    )

    def work(tx: Transaction) -> float | None:
        locked = tx.read_one(
            disclosure.LOCK_USER,
            **access.session_times(),
            token_hash=access.hash_token(token),
            touch_before=clock.milliseconds(moment),
            op_id="benchmark",
            genesis=GENESIS,
            children_a_day=pace.A_DAY,
        )
        read = disclosure.read_child(db, tx, ask)
        if read is None or locked is None:
            return None
        begun = time.perf_counter()
        walking._read(tx, ask, locked, walking.Start(token, *read))
        return time.perf_counter() - begun

    return db.transact(work)


def in_words(report: Report) -> str:
    """The report as a table for a person."""
    figures = [(name, one.calls, one.p50, one.p99, one.most, one.a_second) for name, one in report.figures.items()]
    about = f"{report.children:,} children, {report.walked} walks to {report.come_to} others, {report.refused} refused"
    return "\n\n".join(
        [f"{about}; {report.machine}", table(("milliseconds", "calls", "p50", "p99", "most", "a second"), figures)]
    )


if __name__ == "__main__":
    sys.exit(main())
