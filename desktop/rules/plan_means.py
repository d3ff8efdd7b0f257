"""What a plan takes along, as the register knows it, and what is to be said against it (M04, M35).

Nothing of it blocks a plan: a fault may be repaired and a loan be over by then. Pure.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A vehicle (a unit) or a thing of the register. `words` are typed for it, `note` tells it
    from others; `faults`: open ones in the words of who reported them; `calibrate_by`: its
    calibration counts to that day; `holder_id`: who has it now, None for the store, to be back at
    `due_at`; `gone`: retired."""

    id: str
    words: str
    note: str = ""
    faults: tuple[str, ...] = ()
    calibrate_by: date | None = None
    uncalibrated: bool = False
    holder_id: str | None = None
    holder: str = ""
    due_at: datetime | None = None
    gone: bool = False

    @property
    def remark(self) -> str:
        """What tells it from others in a list, and what is true of it now."""
        lent = f"已借给{self.holder}" if self.holder_id is not None else ""
        return "　".join(filter(None, (self.note, "故障待修" if self.faults else "", lent)))

    def warnings(
        self, starts: datetime | None, people: Collection[str], now: datetime
    ) -> tuple[str, ...]:
        """What is against taking it along to what `starts` then (None: now) with those people."""
        then = now if starts is None else max(starts, now)
        if self.gone:
            return ("已报废或者停用",)
        found = [f"故障待修（{words}）" for words in self.faults]
        if self.uncalibrated:
            found.append("未见校准记录")
        elif self.calibrate_by is not None and self.calibrate_by < then.date():
            found.append(f"校准有效期至{self.calibrate_by:%Y-%m-%d}，届时已过期")
        if self.holder_id is not None and self.holder_id not in people:
            if self.due_at is None:
                found.append(f"已借给{self.holder}，未定归还时间")
            elif self.due_at < now:
                found.append(f"已借给{self.holder}，逾期未还")
            elif self.due_at > then:
                found.append(f"届时已借给{self.holder}，{self.due_at:%m-%d %H:%M}归还")
        return tuple(found)
