"""Handles in addresses: random names of children, valid in one session only."""

from werkzeug.routing import BaseConverter


class HandleConverter(BaseConverter):
    """Letters, digits, hyphens and underscores: anything else is no handle and finds no page."""

    regex = r"[A-Za-z0-9_-]{8,64}"
