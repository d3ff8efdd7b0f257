"""Identifiers: UUIDv7 as canonical lower-case text of 36 characters, made on this device.

Their time is for index locality only; no order of edits is ever read from it. Any thread.
"""

from typing import NewType

import uuid_utils

CourtId = NewType("CourtId", str)
PersonId = NewType("PersonId", str)
TeamId = NewType("TeamId", str)
CaseId = NewType("CaseId", str)
EventId = NewType("EventId", str)
LetterId = NewType("LetterId", str)
MeasureId = NewType("MeasureId", str)


def new_id() -> str:
    """A fresh UUIDv7, monotonic within this process."""
    return str(uuid_utils.uuid7())
