"""Plain records of live pictures: where one comes from, how it stands, a picture taken from it."""

from dataclasses import dataclass, field
from enum import StrEnum


class FeedState(StrEnum):
    """How a feed stands. Only LIVE may be taken for what happens now."""

    OFF = "off"  # nobody watches it
    OPENING = "opening"
    LIVE = "live"
    FROZEN = "frozen"  # the line stands, and no new picture comes
    LOST = "lost"  # the line is gone; it is tried again
    UNAVAILABLE = "unavailable"  # this machine cannot play anything


class Cause(StrEnum):
    """Why a feed is not live."""

    NONE = ""
    CANNOT_OPEN = "cannot_open"  # nobody there, refused, or not a stream
    NO_ANSWER = "no_answer"  # opened, and no picture within the limit
    FORMAT = "format"  # what comes is no video that can be read
    CUT = "cut"  # the line broke
    ENDED = "ended"  # the other side ended the stream
    STOOD = "stood"  # no new picture for so long that the line was given up
    BEHIND = "behind"  # what comes is older than it claims; opened again to catch up


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed of the grid. `url` may hold a user and a password, so it is never shown or printed.

    place: its cell on the grid, counted from 0 in rows.
    """

    id: str
    name: str
    url: str = field(repr=False)
    place: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands, for words and lists.

    last_at: moment of the last picture, seconds since 1970, None before the first. retry_s: whole
    seconds until the next try, None while none is waited for. tries: failed ones in a row.
    """

    state: FeedState = FeedState.OFF
    cause: Cause = Cause.NONE
    last_at: float | None = None
    retry_s: int | None = None
    tries: int = 0
    has_sound: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture taken from a feed: JPEG bytes and the moment of the frame (seconds since 1970)."""

    feed_id: str
    data: bytes = field(repr=False)
    at: float
    width: int
    height: int
    live: bool
