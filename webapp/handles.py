"""Names in addresses: handles of children, valid in one session only, and the keys of services."""

from werkzeug.routing import BaseConverter


class HandleConverter(BaseConverter):
    """Letters, digits, hyphens and underscores: anything else is no handle and finds no page."""

    regex = r"[A-Za-z0-9_-]{8,64}"


class ServiceKeyConverter(BaseConverter):
    """The key of a service as its directory writes it (loaders.clean.key): no personal data."""

    regex = r"[A-Za-z0-9._:/-]{1,64}"
    part_isolating = False


class JobConverter(BaseConverter):
    """The time and some random figures: what cannot be the name of a job's folder finds no page."""

    regex = r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}"
