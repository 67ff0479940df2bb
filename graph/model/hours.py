"""Opening hours as services write them, and whether the line is open now, by the clock in England.

Bank holidays are not known here: whoever shows an answer says so.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from graph.model.clock import LONDON

_DAY = 24 * 60
_WEEK = 7 * _DAY
_LONGEST = 200
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ALWAYS = re.compile(r"24\s*/\s*7|24 ?hours?(?: a day)?(?:,? (?:7|seven) days(?: a week)?)?|always open", re.I)
_WORDS = re.compile(
    r"(?P<day>mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b\.?"
    r"|(?P<days>weekdays|daily|every day)\b"
    r"|(?P<time>(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap]\.?m\b\.?)?)"
    r"|(?P<noon>noon|midday|midnight)\b"
    r"|(?P<to>-|–|\bto\b)"
    r"|(?P<and>,|;|&|/|\band\b|:)",
    re.I,
)
_DAYS_OF = {"weekdays": (0, 1, 2, 3, 4), "daily": tuple(range(7)), "every day": tuple(range(7))}


@dataclass(frozen=True)
class Hours:
    """When a line is answered: minutes of the week from Monday's midnight, `[opens, shuts)`, in order, never touching.

    A span that runs past Sunday's midnight ends after the end of the week.
    """

    spans: tuple[tuple[int, int], ...]

    @property
    def always(self) -> bool:
        """Whether it never shuts."""
        return any(shuts - opens >= _WEEK for opens, shuts in self.spans)


@dataclass(frozen=True)
class Line:
    """Whether a line is open at a moment, and the words that say until or from when."""

    open: bool
    words: str


def read_hours(text: str | None) -> Hours | None:
    """The hours that a text says beyond doubt, like `Mon-Fri 09:00-17:00; Sat 10am to 12pm`; None for any other."""
    said = (text or "").strip().rstrip(".")
    if not said or len(said) > _LONGEST:
        return None
    if _ALWAYS.fullmatch(said):
        return Hours(((0, _WEEK),))
    words = _split(said)
    spans = None if words is None else _spans(words)
    return Hours(_joined(spans)) if spans else None


def line_at(hours: Hours, moment: datetime) -> Line:
    """Whether it is open at that moment: `open now until 5pm`, `closed now, opens on Monday at 9am`."""
    there = moment.astimezone(LONDON)
    minute = there.weekday() * _DAY + there.hour * 60 + there.minute
    if hours.always:
        return Line(True, "open now, day and night")
    for opens, shuts in hours.spans:
        for now in (minute, minute + _WEEK):
            if opens <= now < shuts:
                return Line(True, f"open now until {_clock(shuts)}{_day_after(now, shuts)}")
    wait, opens = min(((opens - minute) % _WEEK, opens) for opens, _ in hours.spans)
    days = (minute + wait) // _DAY - minute // _DAY
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {_NAMES[opens // _DAY % 7]}")
    return Line(False, f"closed now, opens {day} at {_clock(opens)}")


def _day_after(now: int, shuts: int) -> str:
    """Which day it shuts, where that is neither this one nor the night that follows it."""
    nights = (shuts - 1) // _DAY - now // _DAY
    return f" on {_NAMES[(shuts - 1) // _DAY % 7]}" if nights > 1 else ""


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % _DAY, 60)
    if rest == 0 and hour in (0, 12):
        return "midday" if hour else "midnight"
    return f"{(hour + 11) % 12 + 1}{f'.{rest:02}' if rest else ''}{'am' if hour < 12 else 'pm'}"


# One word of a text: what it is, and its value (days, or a minute of the day).
_Word = tuple[str, tuple[int, ...]]


def _split(text: str) -> list[_Word] | None:
    """The words of a text; None if there is anything else in it."""
    words: list[_Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _WORDS.match(text, at)
        word = None if found is None else _word(found)
        if found is None or word is None:
            return None
        words.append(word)
        at = found.end()
    return words


def _word(found: re.Match[str]) -> _Word | None:
    said = found[0].lower()
    if found["day"]:
        return "day", (("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(said[:3]),)
    if found["days"]:
        return "day", _DAYS_OF[said]
    if found["noon"]:
        return "time", (0 if said == "midnight" else 12 * 60,)
    if found["time"]:
        minute = _minute(found)
        return None if minute is None else ("time", (minute,))
    return ("to", ()) if found["to"] else ("and", ())


def _minute(found: re.Match[str]) -> int | None:
    """The minute of the day; None where it could be morning or evening, or is no time."""
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "")[:1].lower()
    if minute > 59:
        return None
    if half:
        return (hour % 12 + (12 if half == "p" else 0)) * 60 + minute if 1 <= hour <= 12 else None
    if found["minute"] is None or len(found["hour"]) != 2:
        return None
    return hour * 60 + minute if hour < 24 or (hour == 24 and minute == 0) else None


def _spans(words: list[_Word]) -> list[tuple[int, int]] | None:
    """The spans that days and times in turn make; None if they do not follow each other so."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        days, at = _days(words, at)
        times, at = _times(words, at)
        if not days or not times:
            return None
        spans += [(day * _DAY + opens, day * _DAY + shuts) for day in days for opens, shuts in times]
    return spans


def _days(words: list[_Word], at: int) -> tuple[list[int], int]:
    days: list[int] = []
    while at < len(words) and words[at][0] == "day":
        first = words[at][1]
        if [kind for kind, _ in words[at + 1 : at + 3]] == ["to", "day"] and len(first) == 1:
            last = words[at + 2][1][-1]
            days += [(first[0] + step) % 7 for step in range((last - first[0]) % 7 + 1)]
            at += 3
        else:
            days += first
            at += 1
        at = _past_and(words, at)
    return days, at


def _times(words: list[_Word], at: int) -> tuple[list[tuple[int, int]], int]:
    times: list[tuple[int, int]] = []
    while [kind for kind, _ in words[at : at + 3]] == ["time", "to", "time"]:
        opens, shuts = words[at][1][0], words[at + 2][1][0]
        times.append((opens, shuts if shuts > opens else shuts + _DAY))
        at = _past_and(words, at + 3)
    return times, at


def _past_and(words: list[_Word], at: int) -> int:
    return at + 1 if at < len(words) and words[at][0] == "and" else at


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans that touch or overlap as one, also across the end of the week."""
    joined: list[tuple[int, int]] = []
    for opens, shuts in sorted(set(spans)):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], shuts))
        else:
            joined.append((opens, shuts))
    while len(joined) > 1 and joined[-1][1] >= joined[0][0] + _WEEK:
        _, shuts = joined.pop(0)
        joined[-1] = (joined[-1][0], max(joined[-1][1], shuts + _WEEK))
    return tuple(joined)
