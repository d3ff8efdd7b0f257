"""Faults of the replica, each with its own sentence. Pure; any thread.

ReplicaFault
├── MissingReplica      ├── WrongPassphrase     ├── DamagedReplica
├── DiskFull            ├── DiskFault           ├── ReadOnlyFolder
├── ReplicaInUse        ├── NewerSchema         ├── RefusedByRule
└── TooManyTries
"""

from pathlib import Path


class ReplicaFault(Exception):  # noqa: N818 - a fault is a situation, not a slip
    """Base; `str(fault)` is a sentence in Simplified Chinese that a user can act on."""


class MissingReplica(ReplicaFault):
    """The folder holds no replica and none was to be made."""


class WrongPassphrase(ReplicaFault):
    """The file opens with another passphrase only."""


class TooManyTries(ReplicaFault):
    """Wrong passphrases in a row; the next try is taken in `wait_s` seconds."""

    def __init__(self, message: str, *, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class DamagedReplica(ReplicaFault):
    """The file is not a sound replica.

    `quarantined` is the folder it was moved to (never deleted), None while it is still in place;
    `latest_backup` the newest local backup, None when there is none.
    """

    def __init__(
        self,
        message: str,
        *,
        quarantined: Path | None = None,
        latest_backup: Path | None = None,
    ) -> None:
        super().__init__(message)
        self.quarantined = quarantined
        self.latest_backup = latest_backup


class DiskFull(ReplicaFault):
    """The write was refused before commit; nothing is half saved."""


class DiskFault(ReplicaFault):
    """The disk answered a read or a write with an error; the transaction was rolled back."""


class ReadOnlyFolder(ReplicaFault):
    """The folder or the file cannot be written."""


class ReplicaInUse(ReplicaFault):
    """Another process holds the replica's lock; `pid` names it where it is known."""

    def __init__(self, message: str, *, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class NewerSchema(ReplicaFault):
    """The file was written by a newer desk."""


class RefusedByRule(ReplicaFault):
    """A trigger of the database refused the change, a fact being final for example."""
