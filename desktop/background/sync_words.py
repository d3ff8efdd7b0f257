"""What the desk says of its sync: one sentence a phase, and the claim's question. UI thread."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.sync import Phase, SyncState

CLOCK_OFF_MAX_MS: Final = 120_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("SyncDriver", text)


def _clock(instant: datetime | None) -> str:
    """Time of day by the court's clock; with the date when it was not today."""
    if instant is None:
        return "—"
    at = instant.astimezone(COURT_ZONE)
    today = datetime.now(COURT_ZONE).date()
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%m-%d %H:%M}"


def sentence(phase: Phase, state: SyncState, since: datetime | None, number: int) -> str:
    """The sentence of a phase that has no fault to quote. `number`: bundles on their way."""
    at = _clock(state.synced_at)
    words: dict[Phase, str] = {
        "off": _tr("Working alone, no shared database"),
        "paused": _tr("Exchange paused, synced until %1"),
        "connecting": _tr("Connecting to the shared database…"),
        "sending": _tr("Sending %2…"),
        "receiving": _tr("Receiving…"),
        "recovering": _tr("The shared database was restored, comparing everything again…"),
        "current": _tr("Synced at %1"),
        "offline": _tr("Offline since %3, data as of %1, next try at %4"),
        "refused": _tr("The shared database refuses the login"),
        "revoked": _tr("This device was revoked, its data are being erased"),
        "upgrade": _tr("Only receiving until this desk is upgraded, synced at %1"),
        "guarded": _tr("Waiting for a confirmation"),
    }
    return (
        words[phase]
        .replace("%1", at)
        .replace("%2", str(number))
        .replace("%3", _clock(since))
        .replace("%4", _clock(state.next_try))
    )


def deferred(start: datetime) -> str:
    """After an outage everybody begins at a moment of his own."""
    words = _tr("Connected again, the exchange begins at %1")
    return words.replace("%1", _clock(start))


def crashed() -> str:
    """A bug stopped a round; it is in the reports."""
    return _tr("The exchange stopped on a program error, which was recorded")


def not_set_up() -> str:
    """A question without a hub to ask."""
    return _tr("No shared database is set up on this device.")


def not_connected() -> str:
    """A question while the exchange rests."""
    return _tr("Not connected to the shared database.")


def took_too_long() -> str:
    """A question that got no answer."""
    return _tr("The shared database did not answer in time.")


def claim_question(number: int, local: str, login: str) -> str:
    """What a person is asked before anything goes out under another name."""
    words = _tr("%1 made here before the login as “%2”: send them as %3?")
    return words.replace("%1", str(number)).replace("%2", local).replace("%3", login)
