"""Judges one file alone: what of it can be taken, what is refused and why, and whether it should be loaded at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from graph.model.file_names import Name
from graph.model.refusals import Reason
from loaders import read, registry
from loaders.feed import Context, Feed
from loaders.opened import fingerprint
from loaders.rejects import Refusal, masked, write_rejects
from loaders.tables import Tidy

CAP = 10_000  # refused rows of which place and value are kept; more are counted only
Progress = Callable[[int], None]  # hears how many rows have been read
Share = Callable[[float], None]  # hears what share of the file has been read


@dataclass(frozen=True)
class Checked:
    """What is known of a file after reading, tidying and checking it. Rows = kept + refused + skipped."""

    feed: str
    file: Path
    sha256: str
    rows: int
    kept: int
    refused: Mapping[str, int]
    skipped: Mapping[str, int]
    warnings: tuple[str, ...]
    errors: tuple[str, ...]
    would_load: bool
    tidy: Tidy = field(repr=False)
    lookup: "pd.DataFrame | None" = field(default=None, repr=False)
    rejects: Path | None = None
    # The keys of refused rows: they stand in the file, so nothing of theirs is absent from it.
    refused_keys: tuple[str, ...] = field(default=(), repr=False)
    # How many refused rows nobody can tell the key of: while there are any, absence from this file proves nothing.
    unknown_keys: int = 0


@dataclass
class _Ledger:
    """What is counted while the file goes past."""

    rows: int = 0
    codes: dict[str, Counter[str]] = field(default_factory=lambda: {"refused": Counter(), "skipped": Counter()})
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    refused_keys: dict[str, None] = field(default_factory=dict)
    unknown_keys: int = 0
    withdrawn: set[str] = field(default_factory=set)

    def warn(self, message: str) -> None:
        self.warnings[message] = None

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Counts each refused row once, by its first reason."""
        first = {refusal.row: refusal.code for refusal in reversed(refusals)}
        self.codes["refused"].update(first.values())
        self.refusals.extend(refusals[: max(0, CAP - len(self.refusals))])

    def total(self, what: str) -> int:
        return self.codes[what].total()


def check_file(
    feed: Feed,
    path: Path,
    *,
    context: Context,
    name: Name,
    rejects: Path | None = None,
    progress: Progress | None = None,
    share: Share | None = None,
) -> Checked:
    """What the file says, tidied, and whether it would load; an Unreadable where it is not what it claims to be."""
    sha256 = fingerprint(path)
    ledger = _Ledger()
    context = replace(context, warn=ledger.warn)
    frames: list[pd.DataFrame] = []
    for chunk in read.chunks(feed, path, warn=ledger.warn):
        errors = heading_errors(feed, chunk.headings)
        if errors:
            return _stopped(feed, path, sha256, ledger, errors)
        frames.append(_take_chunk(feed, chunk, context, ledger))
        if progress is not None:
            progress(ledger.rows)
        if share is not None:
            share(chunk.share)
    frame = _without_duplicates(feed, _joined(frames), ledger)
    _warn_of_columns(feed, ledger)
    errors = _expectation_errors(feed, name, frame, ledger)
    kept = int((~frame["row"].duplicated()).sum())
    tidy = Tidy() if feed.lookup else replace(feed.tidy(frame, context), withdrawn=frozenset(ledger.withdrawn))
    folder = write_rejects(feed, path, name, ledger.refusals, folder=rejects, sha256=sha256) if rejects else None
    return Checked(
        feed=feed.name,
        file=path,
        sha256=sha256,
        rows=ledger.rows,
        kept=kept,
        refused=dict(sorted(ledger.codes["refused"].items())),
        skipped=dict(sorted(ledger.codes["skipped"].items())),
        warnings=tuple(ledger.warnings),
        errors=tuple(errors),
        would_load=not errors,
        tidy=tidy,
        lookup=frame if feed.lookup else None,
        rejects=folder,
        refused_keys=tuple(ledger.refused_keys),
        unknown_keys=ledger.unknown_keys,
    )


def _stopped(feed: Feed, path: Path, sha256: str, ledger: _Ledger, errors: Sequence[str]) -> Checked:
    warnings = tuple(ledger.warnings)
    return Checked(feed.name, path, sha256, 0, 0, {}, {}, warnings, tuple(errors), False, Tidy())


# Columns


def heading_errors(feed: Feed, headings: Iterable[str]) -> list[str]:
    """Why a file with these columns cannot be loaded: an unknown one, or a required one that is not there."""
    there = set(headings)
    known = read.wanted(feed)
    missing = [
        heading for heading, column in feed.columns.items() if column.required and not {heading, *column.also} & there
    ]
    if missing:
        return [_missing_sentence(feed, missing, there)]
    unknown = sorted(heading for heading in there if heading not in known and not _is_dropped(heading, feed.dropped))
    if unknown:
        names = ", ".join(repr(heading) for heading in unknown)
        which = "these columns" if len(unknown) > 1 else "this column"
        place = f"loaders/feeds/{feed.name}.py"
        return [f"Nobody has decided about {which}: {names}. Keep or drop it in {place}, or ask for a file without."]
    return []


def _missing_sentence(feed: Feed, missing: Sequence[str], there: set[str]) -> str:
    names = ", ".join(repr(heading) for heading in missing)
    sentence = f"A file of {feed.name} must have {names}, and this one has not."
    for other in registry.FEEDS.values():
        required = {heading for heading, column in other.columns.items() if column.required}
        if other.name != feed.name and other.source.format == feed.source.format and required and required <= there:
            return f"{sentence} It looks like a file of {other.name}: give that name instead."
    return f"{sentence} Ask its supplier for a complete file."


def _is_dropped(heading: str, dropped: frozenset[str]) -> bool:
    """Whether the heading, or a path that it lies under, is dropped on purpose."""
    while heading not in dropped:
        heading, slash, _ = heading.rpartition("/")
        if not slash:
            return False
    return True


def _warn_of_columns(feed: Feed, ledger: _Ledger) -> None:
    for (column, code), times in sorted(ledger.left_out.items()):
        ledger.warn(f"{column}: {times} bad value{'s' if times > 1 else ''} left out ({code}).")


# Rows


def _take_chunk(feed: Feed, chunk: read.Chunk, context: Context, ledger: _Ledger) -> pd.DataFrame:
    """The chunk's good rows under our names; the others are counted."""
    if not ledger.headings:
        ledger.headings = chunk.headings
        _warn_of_absent(feed, chunk.headings, ledger)
    ledger.rows += chunk.rows
    frame, problems = _cleaned(feed, chunk.frame, context, ledger)
    skipped = _judged(feed.skip, frame, context)
    ledger.codes["skipped"].update(skipped.values())
    if feed.withdrawn is not None:
        ledger.withdrawn |= feed.withdrawn(frame)
    problems += [Refusal(row, line, "", code, "") for row, line, code in _lines_of(frame, feed.refuse, context)]
    refusals = [problem for problem in problems if problem.row not in skipped]
    refusals += [Refusal(broken.row, broken.line, "", broken.code.value, "") for broken in chunk.broken]
    ledger.refuse(refusals)
    if refusals:
        _note_keys(feed, frame[frame["row"].isin([refusal.row for refusal in refusals])], ledger)
        ledger.unknown_keys += len(chunk.broken)
    gone = np.array(sorted({refusal.row for refusal in refusals} | set(skipped)), dtype=np.int64)
    return frame[~frame["row"].isin(gone)] if len(gone) else frame


def _note_keys(feed: Feed, refused: pd.DataFrame, ledger: _Ledger) -> None:
    """Remembers the keys of refused rows; one that stands in another (a claim of a child) is meant as well."""
    if feed.key is None or refused.empty:
        return
    keys = feed.key(refused)[~refused["row"].duplicated()]
    ledger.unknown_keys += int(keys.isna().sum())
    for key in keys.dropna():
        ledger.refused_keys |= {key: None, key.partition("/")[0]: None}


def _warn_of_absent(feed: Feed, headings: Sequence[str], ledger: _Ledger) -> None:
    if feed.source.format != "csv":
        return  # a nested file shows its columns only as far as they are filled
    absent = [heading for heading, column in feed.columns.items() if not {heading, *column.also} & set(headings)]
    if absent:
        ledger.warn(
            f"The file does not have {', '.join(repr(heading) for heading in absent)}, which this feed can do without."
        )


def _judged(
    judge: "Callable[[pd.DataFrame, Context], pd.Series] | None", frame: pd.DataFrame, context: Context
) -> dict[int, str]:
    """The code of each row of which the judge says something."""
    if judge is None or frame.empty:
        return {}
    codes = judge(frame, context)
    said = codes.notna()
    return dict(zip(frame.loc[said, "row"].tolist(), codes[said].astype(str).tolist(), strict=True))


def _lines_of(
    frame: pd.DataFrame, judge: "Callable[[pd.DataFrame, Context], pd.Series] | None", context: Context
) -> list[tuple[int, int, str]]:
    found = _judged(judge, frame, context)
    if not found:
        return []
    lines = frame.loc[frame["row"].isin(list(found)), ["row", "line"]].drop_duplicates("row")
    return [(row, line, found[row]) for row, line in lines.itertuples(index=False)]


def _cleaned(feed: Feed, frame: pd.DataFrame, context: Context, ledger: _Ledger) -> tuple[pd.DataFrame, list[Refusal]]:
    """The cleaned columns under our names, and what refuses a row, in the order of the columns."""
    made: dict[str, pd.Series] = {name: frame[name] for name in ("row", "line", "part") if name in frame}
    problems: list[Refusal] = []
    for heading, column in feed.columns.items():
        called = [heading for heading in (heading, *column.also) if heading in frame]
        if not called:
            made[column.name] = column.clean(_nothing(frame)).values
            continue
        found, cells = called[0], _first_given(frame, called)
        cleaned = column.clean(cells)
        values, reasons = cleaned.values, cleaned.reasons
        if column.past:
            late = (values > context.as_at.date()).fillna(False).astype(bool)
            reasons = reasons.mask(late, Reason.DATE_IN_FUTURE.value)
            values = values.mask(late)
        for note, times in _counted(cleaned.notes):
            ledger.warn(f"{found}: {note} ({times} times)" if times > 1 else f"{found}: {note}")
        if column.filled and "part" not in frame:
            reasons = reasons.mask(values.isna() & reasons.isna(), Reason.MISSING_VALUE.value)
        made[column.name] = values
        bad = reasons.notna()
        if not bad.any():
            continue
        if column.refuses:
            show = masked if feed.people else str
            problems += [
                Refusal(row, line, found, code, show(cell or ""))
                for row, line, code, cell in zip(
                    frame.loc[bad, "row"], frame.loc[bad, "line"], reasons[bad], cells[bad].fillna(""), strict=True
                )
            ]
        else:
            ledger.left_out.update(
                {(found, str(code)): int(times) for code, times in reasons[bad].value_counts().items()}
            )
    return pd.DataFrame(made, index=frame.index), problems


def _first_given(frame: pd.DataFrame, headings: Sequence[str]) -> pd.Series:
    """The first of the columns; in a nested file, where each part fills its own, whichever is filled."""
    cells = frame[headings[0]]
    for heading in headings[1:]:
        cells = cells.fillna(frame[heading])
    return cells


def _nothing(frame: pd.DataFrame) -> pd.Series:
    return read.texts([None] * len(frame)).set_axis(frame.index)


def _counted(notes: "pd.Series | None") -> list[tuple[str, int]]:
    return [] if notes is None else [(str(note), int(times)) for note, times in notes.value_counts().items()]


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _without_duplicates(feed: Feed, frame: pd.DataFrame, ledger: _Ledger) -> pd.DataFrame:
    """The frame with the key of each row, without rows whose key an earlier row has."""
    if feed.key is None:
        return frame
    frame = frame.assign(key=feed.key(frame))
    own = ~frame["row"].duplicated()
    again = own & frame["key"].notna() & frame["key"].where(own).duplicated()
    if not again.any():
        return frame
    rows = frame.loc[again, ["row", "line"]].itertuples(index=False)
    ledger.refuse([Refusal(row, line, "", Reason.DUPLICATE_KEY.value, "") for row, line in rows])
    return frame[~frame["row"].isin(frame.loc[again, "row"])]


# Expectations


def _expectation_errors(feed: Feed, name: Name, frame: pd.DataFrame, ledger: _Ledger) -> list[str]:
    expect, errors = feed.expect, []
    least, most = expect.rows
    if name.full and not least <= ledger.rows <= most:
        errors.append(f"A full file of {feed.name} has {least:,} to {most:,} rows; this one has {ledger.rows:,}.")
    refused = ledger.total("refused")
    if ledger.rows and refused / ledger.rows > expect.refused:
        share, most_share = refused / ledger.rows, expect.refused
        errors.append(
            f"{share:.1%} of the rows are refused, and {most_share:.1%} is the most that {feed.name} may have."
        )
    own = frame[~frame["row"].duplicated()]
    for column, least_share in expect.filled.items():
        share = float(own[column].notna().mean()) if len(own) else 1.0
        if name.full and share < least_share:
            errors.append(
                f"{column} is filled in {share:.1%} of the rows; in {feed.name} it is at least {least_share:.0%}."
            )
    return errors
