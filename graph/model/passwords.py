"""Which passwords are taken: long ones that nobody would try first. No rules of composition (ASVS 5.0, V6.2)."""

import re

SHORTEST = 15
_LONGEST_BYTES = 256
_LEAST_OF_ONES_OWN = 8
_LEAST_SIGNS = 6
# What everybody who attacks this service would try: its name, what it is for, and what people begin with.
_EXPECTED = (
    *("signpost", "contactpoint", "safeguarding", "safeguard", "children", "child", "council", "authority", "school"),
    *("social", "worker", "teacher", "directory", "northshire", "southmere", "england", "london", "nhs"),
    *("password", "passwort", "letmein", "welcome", "iloveyou", "monkey", "dragon", "football", "sunshine", "princess"),
    *("qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t", "1q2w3e4r", "admin", "secret", "changeme"),
    *("correcthorsebatterystaple", "january", "february", "september", "october", "november", "december", "summer"),
    *("winter", "spring", "autumn", "liverpool", "arsenal", "chelsea", "manchester"),
)
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba")
_LOOK_ALIKES = str.maketrans("@$!€", "asie")
_FIGURES = str.maketrans("013457", "oieast")


def fault_of(password: str, *, username: str, name: str, organisation: str) -> str | None:
    """What is wrong with a new password, in a sentence; None if it is taken."""
    if len(password) < SHORTEST:
        return f"Enter a password of at least {SHORTEST} characters. Three or four words of your own choice are good"
    if len(password.encode("utf-8", "surrogatepass")) > _LONGEST_BYTES:
        return "Enter a password of at most 256 characters"
    if len(set(password.casefold())) < _LEAST_SIGNS:
        return "Enter a password with more different characters"
    own = re.findall(r"[^\W_]{3,}", f"{username} {name} {organisation}".casefold())
    if len(_rest(password.casefold(), own)) < _LEAST_OF_ONES_OWN:
        return "Enter a password that others would not try first: not a name, this service or a row of keys"
    return None


def _rest(password: str, own: list[str]) -> str:
    """What is left without words that are expected, as they are or with figures for letters, rows and repetitions."""
    shortest = password
    for text in (password, password.translate(_LOOK_ALIKES), password.translate(_LOOK_ALIKES).translate(_FIGURES)):
        left = text
        for word in sorted({*_EXPECTED, *own}, key=len, reverse=True):
            left = left.replace(word, " ")
        left = re.sub(r"(.{1,8}?)\1+", r"\1", left)
        for run in _RUNS:
            for size in range(len(run), 3, -1):
                for start in range(len(run) - size + 1):
                    left = left.replace(run[start : start + size], " ")
        left = re.sub(r"[\W_]", "", left)
        shortest = min(shortest, left, key=len)
    return shortest
