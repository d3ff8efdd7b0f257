"""Who looked at which record, with what purpose (阅卷记录). UI thread.

Kept where the desk hands records to panels, not by the panels, and without a setting: nobody can
turn it off. A case that is passed over in a list counts as looked at once it has been on show for
a second; a sealed one is not shown before a purpose was stated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection, insert, select

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.reading import CASE, Act, Asked
from storage.ids import new_id
from storage.schema import table

LABEL: Final = "阅卷记录"
DWELL_MS: Final = 1_000
AGAIN: Final = timedelta(minutes=10)  # the same case once more within it is the same look
_NOTED_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class Look:
    """One entry; `case_id` None for a list."""

    act: Act
    subject: str
    at: datetime
    case_id: str | None = None
    purpose: str | None = None


def sealed_cases(connection: Connection, _args: None = None) -> dict[str, str]:
    """Id to number of the cases that are opened with a purpose only."""
    case = table("case")
    query = select(case.c.id, case.c.number).where(case.c.sealed == 1)
    return {str(row.id): str(row.number) for row in connection.execute(query)}


def keep(connection: Connection, args: tuple[Look, str | None]) -> None:
    """Writes one entry. `args`: the look and the person at the keyboard."""
    look, person_id = args
    case = table("case")
    # It may have left this device in the second since.
    case_id = connection.execute(select(case.c.id).where(case.c.id == look.case_id)).scalar()
    connection.execute(
        insert(table("read_log")).values(
            id=new_id(),
            case_id=case_id,
            person_id=person_id,
            at=look.at.astimezone(COURT_ZONE).isoformat(timespec="milliseconds"),
            act=look.act,
            object=look.subject,
            purpose=look.purpose,
        )
    )


class ReadLog(QObject):
    """`write` stores one look; `now` gives the desk's time."""

    purpose_asked = Signal(object)  # Asked

    def __init__(
        self,
        write: Callable[[Look], None],
        now: Callable[[], datetime],
        sealed: Mapping[str, str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._write = write
        self._now = now
        self._sealed = dict(sealed)
        self._purposes: dict[str, str] = {}
        self._noted: dict[str, datetime] = {}
        self._wanted: tuple[Asked, Callable[[], None]] | None = None
        self._glanced: str | None = None
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._on_dwelt)

    def set_sealed(self, sealed: Mapping[str, str]) -> None:
        """The sealed cases have changed."""
        self._sealed = dict(sealed)

    def glance(self, case_id: str, then: Callable[[], None]) -> None:
        """A row of a list became current; `then` shows the case beside the list."""
        if self._may(case_id, then):
            self._glanced = case_id
            self._dwell.start()
            then()

    def open(self, case_id: str, then: Callable[[], None]) -> None:
        """Somebody opens a case; `then` shows it."""
        if self._may(case_id, then):
            self._looked(case_id)
            then()

    def copied(self, act: Act, subject: str, case_id: str | None, purpose: str = "") -> None:
        """Something left the desk on paper or as a file. Each time counts."""
        given = purpose or (self._purposes.get(case_id, "") if case_id else "")
        self._write(Look(act, subject, self._now(), case_id, given or None))

    def state_purpose(self, case_id: str, purpose: str) -> None:
        """What the person answered; an empty purpose leaves the case closed."""
        wanted, self._wanted = self._wanted, None
        words = purpose.strip()
        if wanted is None or wanted[0].case_id != case_id or not words:
            return
        self._purposes[case_id] = words
        self._noted.pop(case_id, None)
        self._looked(case_id)
        wanted[1]()

    def close(self) -> None:
        """What is on show at the end was looked at, however short."""
        if self._dwell.isActive():
            self._dwell.stop()
            self._on_dwelt()

    def _may(self, case_id: str, then: Callable[[], None]) -> bool:
        number = self._sealed.get(case_id)
        if number is None or case_id in self._purposes:
            return True
        asked = Asked(case_id, number)
        self._wanted = (asked, then)
        self.purpose_asked.emit(asked)
        return False

    def _on_dwelt(self) -> None:
        if self._glanced is not None:
            self._looked(self._glanced)

    def _looked(self, case_id: str) -> None:
        now = self._now()
        before = self._noted.get(case_id)
        if before is not None and timedelta() <= now - before < AGAIN:
            return
        if len(self._noted) >= _NOTED_MAX:
            self._noted.clear()
        self._noted[case_id] = now
        self._write(Look("open", CASE, now, case_id, self._purposes.get(case_id)))


def keeper(
    write: Callable[[str, Callable[[Connection, Any], None], Any], None], person_id: str | None
) -> Callable[[Look], None]:
    """Stores looks through the writer lane, each as one bundle of its own."""
    return lambda look: write(LABEL, keep, (look, person_id))
