"""How wide words are in the drawing, so that they fit their cards: the widths of Arial, in thousandths of its size."""

_REGULAR = {
    278: " !,./:;I[\\]ftíìîï·’‘",
    222: "ijl",
    333: "()-r`“”",
    355: '"',
    389: "*",
    500: "ckssvxyzJçýÿ",
    556: "abdeghnopqu0123456789#$?_Lñéèêëáàâäãåóòôöõúùûü–",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXYÁÀÂÄÃÅÉÈÊËÝ",
    722: "CDHNRUwÇÑÚÙÛÜ",
    778: "GOQÓÒÔÖÕ",
    833: "Mm",
    944: "W",
    1000: "—…",
}
_WIDTHS = {letter: width for width, letters in _REGULAR.items() for letter in letters}
_UNKNOWN = 720
# Bold Arial is wider by about this much, measured over English names.
_BOLD = 1.07
_ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, at most, in the units of its size."""
    thousandths = sum(_WIDTHS.get(letter, _UNKNOWN) for letter in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def fit(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or as much of it as there is room for and an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(kept + _ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,.·") + _ELLIPSIS


def wrap(text: str, size: float, room: float, *, lines: int, bold: bool = False) -> tuple[str, ...]:
    """The text in at most so many lines; the last ends in an ellipsis if there is more."""
    words = text.split()
    wrapped: list[str] = []
    while words and len(wrapped) < lines - 1:
        count = _words_that_fit(words, size, room, bold=bold)
        wrapped.append(fit(" ".join(words[:count]), size, room, bold=bold))
        words = words[count:]
    if words:
        wrapped.append(fit(" ".join(words), size, room, bold=bold))
    return tuple(wrapped)


def _words_that_fit(words: list[str], size: float, room: float, *, bold: bool) -> int:
    count = 1
    while count < len(words) and width(" ".join(words[: count + 1]), size, bold=bold) <= room:
        count += 1
    return count
