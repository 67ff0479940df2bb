"""Every error that a person may meet. Each message names the thing and the remedy."""


class SignpostError(Exception):
    """Anything that Signpost says no to, in a sentence that a person can act on."""


class NotFound(SignpostError):
    """What was asked for is not there, or not for this user: the two look alike."""


class Conflict(SignpostError):
    """Something else came first: another load, a later run, a stale form."""


class Refused(SignpostError):
    """This may not be done by this user, or not now."""


class Unproven(SignpostError):
    """This needs a proof of a moment ago of who asks: a code or a passkey, given for this very act."""

    def __init__(self, action: str, about: str = "") -> None:
        """Names the act, and what it is about if that matters."""
        super().__init__("Prove again that it is you, then do this once more.")
        self.action = action
        self.about = about


class Unreachable(SignpostError):
    """The graph cannot be reached, or cannot be used as it is."""


class Unresolved(SignpostError):
    """It is not known whether a write took effect. Nothing may be shown."""


class Unrecorded(SignpostError):
    """The audit event could not be written. Nothing may be shown, and nothing was done."""


class Unreadable(SignpostError):
    """A file cannot be read as what it claims to be."""


class ProgrammeError(SignpostError):
    """A mistake in this code, found before it did harm."""
