"""Faults of the replica, each with its own sentence. Pure; any thread.

ReplicaFault
├── WrongPassphrase     ├── DamagedReplica     ├── DiskFull
├── ReadOnlyFolder      ├── ReplicaInUse       └── NewerSchema
"""


class ReplicaFault(Exception):
    """Base; `str(fault)` is a sentence in Simplified Chinese that a user can act on."""


class WrongPassphrase(ReplicaFault):
    """The file opens with another passphrase only."""


class DamagedReplica(ReplicaFault):
    """The file is not a sound replica; it was moved to quarantine, never deleted."""


class DiskFull(ReplicaFault):
    """The write was refused before commit; nothing is half saved."""


class ReadOnlyFolder(ReplicaFault):
    """The folder or the file cannot be written."""


class ReplicaInUse(ReplicaFault):
    """Another process holds the replica's lock."""


class NewerSchema(ReplicaFault):
    """The file was written by a newer desk."""
