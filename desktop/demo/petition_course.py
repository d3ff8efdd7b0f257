"""What is done about one petition of the demo city, act by act, up to the demo's day. Pure.

Acts change the row as desktop.petitions.commands would; a test plays them back through those.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from desktop.demo import petition_words as words
from desktop.demo.staff import Member
from desktop.demo.story import Told, World
from desktop.petitions.rules import CLASSES, LEVELS, receipt_code

PETITION_COLUMNS: Final = (
    *("id", "code", "received_at", "source", "channel", "class", "petitioner", "identity_no"),
    *("contact", "people", "urgent", "case_id", "case_number", "court_id", "node_code", "summary"),
    *("demand", "received_by", "registered_on", "screened_on", "screened_as", "level", "hung_on"),
    *("hung_by", "unhung_on", "unhung_by", "assigned_on", "assigned_to", "superior_due"),
    *("inner_due", "replied_on", "told_on", "result", "closed_on", "closed_by", "duplicate_of"),
    "scope",
)
FROM_ABOVE: Final = frozenset(("spc", "province", "supervision"))
Row = tuple[object, ...]


@dataclass(slots=True)
class Plan:
    """A petition before anything was done. `close_on` may lie ahead, `result` is what it would end
    with. `same_as`: the petition it repeats by mistake; `merged`: whether somebody noticed.
    `plain`: nothing delays or reopens it."""

    received: date
    court_code: str
    court_id: str
    petitioner: str
    summary: str
    demand: str
    source: str
    kind: str
    channel: str
    told: Told | None = None
    node_code: str | None = None
    visit: int = 1
    people: int = 1
    urgent: bool = False
    contact: str | None = None
    identity_no: str | None = None
    register_on: date = date.min
    close_on: date = date.max
    result: str = "resolved"
    same_as: "Plan | None" = None
    merged: bool = False
    plain: bool = False
    id: str = ""


@dataclass(slots=True)
class Office:
    """Who works on petitions, and the rows made so far."""

    world: World
    rng: Random
    leader: Member
    members: list[Member]
    petitions: list[Row] = field(default_factory=list)
    acts: list[Row] = field(default_factory=list)

    @property
    def last(self) -> date:
        """The last day on which more than a visit happened: today has only begun."""
        return self.world.days.today - timedelta(days=1)


class Course:
    """One petition being worked on; acts beyond the last day are not written."""

    def __init__(self, office: Office, plan: Plan) -> None:
        self._office = office
        self._plan = plan
        self._rng = office.rng
        self._days = office.world.days
        self._clerk = office.rng.choice(office.members)
        self._day = plan.received
        self._minute = self._rng.randrange(505, 700)
        self._order: str | None = None
        self._promises: list[str] = []
        case, id_ = plan.told, office.world.ids()
        plan.id = id_
        if plan.received > office.last:
            self._minute = self._rng.randrange(505, 540)
        self._row: dict[str, Any] = {
            **dict.fromkeys(PETITION_COLUMNS),
            "id": id_,
            "code": receipt_code(id_),
            "received_at": self._at(plan.received),
            "source": plan.source,
            "channel": plan.channel,
            "class": plan.kind,
            "petitioner": plan.petitioner,
            "identity_no": plan.identity_no,
            "contact": plan.contact,
            "people": plan.people,
            "urgent": int(plan.urgent),
            "court_id": plan.court_id,
            "node_code": plan.node_code,
            "level": "general",
            "summary": plan.summary,
            "demand": plan.demand,
            "received_by": self._clerk.id,
            "case_id": None if case is None else case.case_id,
            "case_number": None if case is None else case.number,
            "scope": -1 if case is None else case.scope,
        }

    def run(self) -> None:
        """From the visit to its close, or to today."""
        plan = self._plan
        if plan.source in FROM_ABOVE:
            due = self._days.after(plan.received, self._rng.randrange(20, 46))
            self._row["superior_due"] = due.isoformat()
        self._do(plan.received, "visit", plan.summary, first=True)
        if self._do(plan.register_on, "register"):
            self._row["registered_on"] = self._iso
        if plan.same_as is not None and plan.merged:
            self._merge(plan.same_as)
        else:
            self._work()
        row = self._row
        self._office.petitions.append(tuple(row[name] for name in PETITION_COLUMNS))

    @property
    def _iso(self) -> str:
        return self._day.isoformat()

    def _at(self, day: date) -> str:
        if day > self._day:
            self._minute = self._rng.randrange(510, 720)
        self._day = day
        at = self._minute
        self._minute += self._rng.randrange(4, 38)
        return f"{day.isoformat()}T{at // 60:02d}:{at % 60:02d}:00+08:00"

    def _do(
        self,
        day: date,
        kind: str,
        body: str = "",
        *,
        person: Member | None = None,
        to: tuple[str | None, str | None, str | None] = (None, None, None),
        partial: bool = False,
        answers: str | None = None,
        first: bool = False,
    ) -> str:
        """Writes an act; gives its id, or "" when it has not happened yet. `to`: court, person,
        due day."""
        day = max(day, self._day)
        if not first and day > self._office.last:
            # What comes later cannot have happened either.
            self._day = max(day, self._day)
            return ""
        at = self._row["received_at"] if first else self._at(day)
        id_ = self._office.world.ids()
        who = (person or self._clerk).id
        head = (id_, self._row["id"], kind, at, who, *to, body, int(partial), answers)
        self._office.acts.append((*head, self._row["scope"]))
        return id_

    def _merge(self, into: Plan) -> None:
        day = self._days.after(self._plan.register_on, self._rng.randrange(0, 3))
        if self._do(day, "merge", f"并入 {receipt_code(into.id)}"):
            self._row["duplicate_of"] = into.id

    def _work(self) -> None:
        """Screened, assigned, and then what happens between the order and the close."""
        plan, rng = self._plan, self._rng
        day = self._days.after(plan.register_on, rng.choice((0, 0, 1, 1, 2, 4)))
        if plan.court_code != "豫03":
            slow = rng.random() < 0.05 and not plan.plain
            day = self._days.after(day, rng.randrange(20, 40) if slow else rng.choice((0, 0, 1)))
            if self._do(day, "screen", CLASSES[plan.kind]):
                self._row |= {"screened_on": self._iso, "screened_as": plan.kind}
        if plan.source in FROM_ABOVE:
            self._give(day, "pass_on", words.PASS_ON)
        if rng.random() < 0.97:
            self._give(day, "assign", words.ASSIGN)
        for on, _order, act in sorted(self._middle(max(day, self._day)), key=lambda one: one[:2]):
            act(on)

    def _give(self, day: date, kind: str, bodies: tuple[str, ...]) -> None:
        """An order to the court's chief, or at home to whoever handles the case."""
        plan = self._plan
        chief = self._office.world.staff.chiefs[plan.court_code]
        to = plan.told.handler if plan.told is not None and plan.court_code == "豫03" else chief
        due = self._days.after(day, self._rng.randrange(8, 15)).isoformat()
        limit = self._row["superior_due"]
        if limit is not None and due > limit >= day.isoformat():
            due = limit
        body = self._rng.choice(bodies)
        if id_ := self._do(day, kind, body, to=(plan.court_id, to.id, due)):
            self._order = id_
            self._row["inner_due"] = due
            if kind == "assign":
                self._row |= {"assigned_on": self._iso, "assigned_to": to.id}

    def _middle(self, first: date) -> list[tuple[date, int, Callable[[date], None]]]:
        """(day, order within a day, act): each at its share of the way to the close."""
        rng, plan = self._rng, self._plan
        # A slow screening pushes the close before it.
        last = max(plan.close_on, first)
        span = (last - first).days
        drawn = rng.random
        wanted: list[tuple[float, Callable[[date], None]]] = []
        heavy = plan.visit > 2 or plan.source in ("spc", "province") or plan.people > 4
        if drawn() < (0.4 if heavy else 0.1):
            wanted.append((0.08, self._level))
        hung = drawn() < (0.34 if heavy else 0.08)
        if hung:
            wanted.append((0.12, self._hang))
        wanted += [
            (share, self._visit) for share in (0.3, 0.66) if drawn() < (0.24 if heavy else 0.1)
        ]
        if drawn() < 0.1:
            wanted.append((0.32, self._note))
        if drawn() < 0.3:
            wanted.append((0.35, self._reply(whole=False)))
        if drawn() < 0.2:
            wanted += [(0.42, self._promise), (rng.choice((0.6, 0.7, 0.9)), self._keep)]
        if span > 18 and drawn() < 0.6:
            wanted.append((0.55, self._remind))
        if plan.source in FROM_ABOVE and drawn() < 0.3:
            wanted.append((0.6, self._reply_out(whole=False)))
        if drawn() < 0.94:
            wanted.append((0.76, self._reply(whole=True)))
        if plan.source in FROM_ABOVE or drawn() < 0.45:
            wanted.append((0.86, self._reply_out(whole=True)))
        wanted.append((0.93, self._tell))
        if hung:
            wanted.append((0.97, self._unhang))
        wanted.append((1.0, self._close))
        found = [
            (min(self._days.after(first, int(span * share)), last), n, act)
            for n, (share, act) in enumerate(wanted)
        ]
        if drawn() < 0.035 and not plan.plain:
            found.append((self._days.after(last, rng.randrange(4, 16)), 99, self._reopen))
        return found

    def _visit(self, day: date) -> None:
        self._do(day, "visit", self._rng.choice(words.CAME_AGAIN))

    def _note(self, day: date) -> None:
        self._do(day, "note", self._rng.choice(words.NOTES))

    def _level(self, day: date) -> None:
        level = self._rng.choices(("listed", "tour", "leader"), (60, 20, 20))[0]
        why = self._rng.choice(words.LEVELS[level])
        if self._do(day, "level", f"{LEVELS[level]}：{why}", person=self._office.leader):
            self._row["level"] = level

    def _hang(self, day: date) -> None:
        if self._do(day, "hang", person=self._office.leader):
            self._row |= {"hung_on": self._iso, "hung_by": self._office.leader.id}

    def _unhang(self, day: date) -> None:
        body = self._rng.choice(words.UNHANG)
        if self._do(day, "unhang", body, person=self._office.leader):
            self._row |= {"unhung_on": self._iso, "unhung_by": self._office.leader.id}

    def _reply(self, *, whole: bool) -> Callable[[date], None]:
        def act(day: date) -> None:
            body = self._rng.choice(words.WHOLE if whole else words.PARTLY)
            self._do(day, "reply_in", body, partial=not whole, answers=self._order)

        return act

    def _reply_out(self, *, whole: bool) -> Callable[[date], None]:
        def act(day: date) -> None:
            body = self._rng.choice(words.OUT if whole else words.OUT_PARTLY)
            if self._do(day, "reply_out", body, partial=not whole, answers=self._order) and whole:
                self._row["replied_on"] = self._iso

        return act

    def _promise(self, day: date) -> None:
        due = self._days.after(day, self._rng.randrange(5, 15)).isoformat()
        body = self._rng.choice(words.PROMISE)
        if id_ := self._do(day, "promise", body, to=(None, None, due)):
            self._promises.append(id_)

    def _keep(self, day: date) -> None:
        if self._promises and self._rng.random() < 0.75:
            self._do(day, "kept", answers=self._promises.pop())

    def _remind(self, day: date) -> None:
        if self._row["assigned_to"] is not None:
            self._do(day, "remind", self._rng.choice(words.REMIND))

    def _tell(self, day: date) -> None:
        if self._do(day, "tell", self._rng.choice(words.TELL)):
            self._row["told_on"] = self._iso

    def _close(self, day: date) -> None:
        result = self._plan.result
        body = self._rng.choice(words.CLOSE[result])
        if self._do(day, "close", body, person=self._office.leader):
            self._row |= {"closed_on": self._iso, "closed_by": self._office.leader.id}
            self._row["result"] = result

    def _reopen(self, day: date) -> None:
        if not self._do(day, "reopen", self._rng.choice(words.REOPEN), person=self._office.leader):
            return
        self._row |= {"closed_on": None, "closed_by": None, "result": None}
        self._tell(self._days.after(day, self._rng.randrange(5, 12)))
        self._close(self._days.after(day, self._rng.randrange(12, 24)))
