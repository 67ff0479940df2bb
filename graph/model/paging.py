"""Lists that are shown a page at a time."""


def page_of(wanted: int, count: int, size: int) -> tuple[int, int]:
    """Which page of a list of `count` is shown, the nearest to the one that is wanted, and how many there are."""
    pages = max(1, -(-count // size))
    return min(max(wanted, 1), pages), pages
