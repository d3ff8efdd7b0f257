"""What can go wrong, told apart by what the user can do about it. Pure.

    DeskError
    ├── UserError      explain: one clear sentence, the user can act on it
    └── OutsideError   retry: disk, network or another process stood in the way

Anything else is a bug and goes to the crash report.
"""


class DeskError(Exception):
    """Base of the errors whose message is a sentence for the user (Simplified Chinese)."""


class UserError(DeskError):
    """Something the user asked for cannot be done as asked; the message says why."""


class OutsideError(DeskError):
    """The world outside failed; trying again later may help."""
