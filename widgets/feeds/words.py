"""How a feed stands, in words. UI thread."""

from datetime import datetime, timedelta, timezone
from typing import Final

from PySide6.QtCore import QCoreApplication

from widgets.feeds.records import Cause, FeedState, Standing

# Court time: one zone, whatever the machine is set to.
_ZONE: Final = timezone(timedelta(hours=8))
_STATE_KEYS: Final = {
    FeedState.OFF: "unknown",
    FeedState.OPENING: "paused",
    FeedState.LIVE: "normal",
    FeedState.FROZEN: "due_soon",
    FeedState.LOST: "overdue",
    FeedState.UNAVAILABLE: "unknown",
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Feeds", text)


def state_key(state: FeedState) -> str:
    """The key of widgets.states."""
    return _STATE_KEYS[state]


def state_word(state: FeedState) -> str:
    """One or two words for a badge."""
    return {
        FeedState.OFF: _tr("Off"),
        FeedState.OPENING: _tr("Connecting"),
        FeedState.LIVE: _tr("Live"),
        FeedState.FROZEN: _tr("Frozen"),
        FeedState.LOST: _tr("Lost"),
        FeedState.UNAVAILABLE: _tr("Cannot play"),
    }[state]


def clock_text(moment: float) -> str:
    """hh:mm:ss, with the day in front when it is another than today's."""
    at = datetime.fromtimestamp(moment, _ZONE)
    today = datetime.now(_ZONE).date()
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%m-%d %H:%M:%S}"


def last_text(standing: Standing, kept_at: float | None = None) -> str:
    """“Last picture hh:mm:ss”; without one the moment of a picture that was kept, if there is."""
    if standing.last_at is None and kept_at is not None:
        return _tr("Kept picture {time}").format(time=clock_text(kept_at))
    if standing.last_at is None:
        return _tr("No picture yet")
    return _tr("Last picture {time}").format(time=clock_text(standing.last_at))


def cause_text(cause: Cause) -> str:
    """Why it is not live; empty for no cause."""
    return {
        Cause.NONE: "",
        Cause.CANNOT_OPEN: _tr("Cannot be opened: nobody answers there, or the login is refused"),
        Cause.NO_ANSWER: _tr("The other side answers, but sends no picture"),
        Cause.FORMAT: _tr("What comes is no picture that can be shown"),
        Cause.CUT: _tr("The line broke"),
        Cause.ENDED: _tr("The other side ended the transmission"),
        Cause.STOOD: _tr("The picture stood still for too long"),
        Cause.BEHIND: _tr("The picture had fallen behind the present"),
    }[cause]


def sentence(standing: Standing) -> str:
    """One sentence on how the feed stands."""
    state = standing.state
    if state is FeedState.OFF:
        return _tr("Not being watched.")
    if state is FeedState.UNAVAILABLE:
        return _tr(
            "This machine cannot play pictures: a system library of QtMultimedia is missing"
            " (Debian: libpulse0)."
        )
    if state is FeedState.LIVE:
        return _tr("Live.")
    if state is FeedState.FROZEN:
        return _tr("The line stands, but no new picture comes.")
    cause = cause_text(standing.cause)
    if state is FeedState.OPENING:
        return _tr("{cause}; connecting…").format(cause=cause) if cause else _tr("Connecting…")
    again = (
        _tr("try {n} in {seconds} s").format(n=standing.tries + 1, seconds=standing.retry_s)
        if standing.retry_s
        else _tr("trying again")
    )
    return _tr("{cause}; {again}.").format(cause=cause, again=again)
