"""Numbers that people type to find a child: their shape and their check digit, before anybody is looked up."""

_NHS_WEIGHTS = range(10, 1, -1)
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN_LENGTH = 13


def tidy_number(text: str) -> str:
    """The text in capitals without spaces and hyphens, as numbers are kept."""
    return "".join(text.upper().split()).replace("-", "")


def is_nhs_number(number: str) -> bool:
    """Whether this is ten digits, the last of which checks the others, and not all the same."""
    if len(number) != 10 or not (number.isascii() and number.isdigit()) or len(set(number)) == 1:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_NHS_WEIGHTS, number, strict=False))
    return (11 - total % 11) % 11 == int(number[9])


def is_upn(number: str) -> bool:
    """Whether this is a letter, eleven digits, and a digit or (for a temporary one) a letter, checked by the first."""
    if len(number) != _UPN_LENGTH or not number.isascii() or number[0] not in _UPN_LETTERS:
        return False
    if not number[1:12].isdigit() or not (number[12].isdigit() or number[12] in _UPN_LETTERS):
        return False
    worth = [_UPN_LETTERS.index(one) if one.isalpha() else int(one) for one in number[1:]]
    return _UPN_LETTERS[sum(place * value for place, value in enumerate(worth, 2)) % len(_UPN_LETTERS)] == number[0]
