"""What happens in one case of the demo city, event by event. Pure.

A story walks the same nodes the law counts: most acts come in time, some late, a few never. It
is told up to the demo's day or the closing of the case, whichever comes first.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.demo.days import Days, spread
from desktop.demo.ids import IdMaker
from desktop.demo.staff import DemoTeam, Member, Staff

Row = tuple[object, ...]
LATE: Final = 0.05
FORGOTTEN: Final = 0.0046
# Days behind: the mean where nobody looks, the most where somebody does. There it happens more
# often, so that every team has something on its list.
LATE_DAYS: Final = 14
LATE_DAYS_MAX: Final = 9
LATE_OFTEN: Final = 2.2
EPOCH: Final = date(2024, 1, 1)


@dataclass(slots=True)
class Rows:
    """Rows by table, in the column order of `city.COLUMNS`."""

    case: list[Row] = field(default_factory=list)
    party: list[Row] = field(default_factory=list)
    node_event: list[Row] = field(default_factory=list)
    hold: list[Row] = field(default_factory=list)
    suspension: list[Row] = field(default_factory=list)
    extension: list[Row] = field(default_factory=list)
    execution_log: list[Row] = field(default_factory=list)
    control_measure: list[Row] = field(default_factory=list)
    property_clue: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Late:
    """A node that is overdue on the demo's day: somebody may write a letter about it."""

    case_id: str
    number: str
    node_code: str
    subject: str
    due_on: date
    handler: Member
    court_code: str


@dataclass(frozen=True, slots=True)
class Delay:
    """An act that came after its due day, or never: late from the day behind `due_on` to the one
    before `until`."""

    case_id: str
    node_code: str
    due_on: date
    until: date


@dataclass(frozen=True, slots=True)
class Told:
    """A case as those know it who complain about it."""

    case_id: str
    number: str
    type_word: str
    court_code: str
    court_id: str
    scope: int
    handler: Member
    filed: date
    closed: date | None
    applicant: str
    debtor: str


@dataclass(slots=True)
class World:
    """What all stories share."""

    rng: Random
    ids: IdMaker
    days: Days
    staff: Staff
    rows: Rows = field(default_factory=Rows)
    late: list[Late] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """One case being told. `end`: nothing happens after it. `stands`: it is held up by a pause
    until it closes."""

    world: World
    case_id: str
    number: str
    type_word: str
    team: DemoTeam
    handler: Member
    filed: date
    end: date
    closed: date | None
    careless: bool = False
    stands: bool = False

    def outlive(self) -> None:
        """From here on acts go on after the closing: money is paid out, clues are verified."""
        self.end = self.world.days.today

    def tell(
        self,
        kind: str,
        day: date,
        *,
        subject: str | None = None,
        doc: str | None = None,
        note: str | None = None,
    ) -> bool:
        """Writes an event down if it lies within the story."""
        if day > self.end:
            return False
        world = self.world
        world.rows.node_event.append(
            (
                world.ids(),
                self.case_id,
                kind,
                world.days.iso[day],
                subject,
                self.handler.id,
                doc,
                note,
            )
        )
        return True

    def by(
        self,
        code: str,
        kind: str,
        start: date,
        *,
        subject: str | None = None,
        late: float = LATE,
        cap: date | None = None,
    ) -> date:
        """Ends node `code`, begun on `start`, with an event of `kind`; gives its day, which may
        lie beyond the story. An act in time is also not later than `cap`, where that is open."""
        world = self.world
        due = world.days.due(self.type_word, code, start)
        assert due is not None, f"{code} has no limit to keep"
        # Files wait a little longer every year, in some teams more than in others.
        years = (start - EPOCH).days / 365
        roll = world.rng.random() / (self.team.lateness * (0.8 + 0.16 * years))
        if self.careless:
            roll /= 4
        if roll < FORGOTTEN and self.team.slow:
            day = world.days.after(due, world.rng.randrange(60, 400))
        elif roll < late * (1 if self.team.slow else LATE_OFTEN):
            behind = int(world.rng.expovariate(1 / LATE_DAYS))
            day = world.days.after(due, 1 + (behind if self.team.slow else behind % LATE_DAYS_MAX))
        else:
            last = due if cap is None or cap < start else min(due, cap)
            day = min(world.days.workday(spread(world.rng, start, last)), due)
        if day > due:
            until = day if self.closed is None else min(day, self.closed)
            world.delays.append(Delay(self.case_id, code, due, until))
        if not self.tell(kind, day, subject=subject) and self.closed is None and due < self.end:
            world.late.append(
                Late(
                    self.case_id,
                    self.number,
                    code,
                    subject or "",
                    due,
                    self.handler,
                    self.team.court.code,
                )
            )
        return day

    def doc(self, word: str, year: int) -> str:
        """A document number of this court: 洛0302执公〔2026〕88号."""
        serial = self.world.rng.randrange(1, 3_000)
        return f"{self.team.court.code}{word}〔{year}〕{serial}号"

    def hold(self, node: str | None, day: date, kind: str, id_: str | None, name: str) -> None:
        """From `day` on, somebody holds the matter."""
        if day <= self.end:
            iso = self.world.days.iso[day]
            row = (self.world.ids(), self.case_id, node, iso, kind, id_, name)
            self.world.rows.hold.append(row)

    def log(self, day: date, body: str) -> None:
        """A line of the execution log."""
        if day <= self.end:
            at = f"{self.world.days.iso[day]}T{self.world.rng.randrange(8, 18):02d}:30:00+08:00"
            row = (self.world.ids(), self.case_id, at, self.handler.id, "act", body)
            self.world.rows.execution_log.append(row)

    def pause(
        self, ground: str, first: date, last: date | None, word: str, node: str | None = None
    ) -> None:
        """A stretch that is not counted; clipped to what is known on the story's last day."""
        if first > self.end:
            return
        iso = self.world.days.iso
        until = None if last is None else iso.get(last)
        if self.closed is not None and (last is None or last > self.closed):
            until = iso[self.closed]
        row = (self.world.ids(), self.case_id, node, ground, iso[first], until)
        self.world.rows.suspension.append((*row, self.doc(word, first.year)))

    def chance(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.world.rng.random() < share

    def later(self, day: date, low: int, high: int) -> date:
        """A working day `low` to `high` days after `day`."""
        return self.world.days.after(day, self.world.rng.randint(low, high))


def start_execution(story: Story) -> date:
    """From application to the handler's first acts; gives the day the handler got the file."""
    filed = story.filed
    cap, outer = None, None
    if story.chance(0.6):
        applied = filed - timedelta(days=story.world.rng.choice((0, 0, 1, 1, 2, 3, 5, 6)))
        story.tell("application_received", applied)
        outer = story.world.days.due(story.type_word, "N06X", applied)
    if outer is not None:
        cap = outer - timedelta(days=4)
    story.tell("filed", filed)
    moved = story.by("N03", "file_transferred", filed, cap=cap)
    assigned = story.by("N04", "handler_assigned", filed, cap=cap)
    received = story.later(max(moved, assigned), 0, 1)
    if not story.tell("handler_received", received):
        return received
    story.hold(None, received, "handler", story.handler.id, story.handler.name)
    story.tell("first_review", story.later(received, 0, 1))
    notice = story.by("N06", "notice_issued", received, cap=outer)
    story.by("N07", "report_order_issued", received)
    story.by("N08", "clue_request_sent", received)
    story.log(notice, "向被执行人发出执行通知书、报告财产令。")
    return received


def online_control(story: Story, received: date) -> date:
    """The network query: asked, handed to the control group, answered."""
    asked = story.by("N10", "query_requested", received)
    handed = story.later(asked, 0, 1)
    if not story.tell("query_handed_over", handed):
        return handed
    answered = story.by("N11", "query_fed_back", handed, late=0.04)
    if story.chance(0.35):
        group = story.world.staff.online_control
        story.hold("N11", handed, "centre", group.id, group.name)
        bank = story.later(handed, 1, 4)
        if bank < answered:
            story.hold("N11", bank, "institution", None, "金融机构")
            back = story.later(bank, 1, 6)
            if back < answered:
                story.hold("N11", back, "centre", group.id, group.name)
    story.log(answered, "网络查控结果已反馈，逐项甄别财产。")
    return answered


def report_and_limits(story: Story, received: date, answered: date) -> None:
    """Property report, restrictions, talks."""
    if story.chance(0.9):
        story.tell("report_verified", story.later(received, 15, 40))
    if story.chance(0.55):
        story.tell("consumption_limited", story.later(received, 14, 30), subject="被执行人")
    if story.chance(0.3):
        day = story.later(answered, 2, 40)
        if story.tell("interview", day):
            story.log(day, "约谈申请执行人，告知执行进展。")


def clue(story: Story, answered: date) -> None:
    """A clue from the applicant; two rules count its verification at once."""
    if not story.chance(0.14):
        return
    day = story.later(answered, 1, 60)
    urgent = story.chance(0.08)
    if not story.tell("clue_received_urgent" if urgent else "clue_received", day, subject="线索一"):
        return
    end = story.end
    story.outlive()
    done = story.by("N13U" if urgent else "N13", "clue_verified", day, subject="线索一", late=0.07)
    known = done <= story.end
    story.end = end
    iso = story.world.days.iso
    body = "申请执行人反映被执行人名下有车辆及对外债权。"
    row = (story.world.ids(), story.case_id, iso[day], body, int(urgent))
    result = "查无此财产，已告知申请执行人。" if known else None
    story.world.rows.property_clue.append((*row, iso[done] if known else None, result))


def survey(story: Story, answered: date) -> None:
    """A conventional investigation on request."""
    if not story.chance(0.1):
        return
    asked = story.later(answered, 5, 40)
    if story.tell("survey_requested", asked):
        begun = story.by("N14", "survey_started", asked, late=0.05)
        if begun <= story.end:
            story.by("N15", "survey_finished", begun, late=0.05)


def announcement(story: Story, received: date) -> None:
    """Service by announcement: thirty days that the long limits do not count."""
    if not story.chance(0.1):
        return
    day = story.later(received, 5, 40)
    if not story.tell("announcement_made", day, subject="被执行人"):
        return
    due = story.world.days.due(story.type_word, "N09", day)
    assert due is not None, "service by announcement has a limit"
    story.tell("served", due, subject="被执行人")
    story.pause("announcement", day + timedelta(days=1), day + timedelta(days=30), "执公")


def money(story: Story, answered: date) -> None:
    """Money comes in, is claimed and paid out."""
    arrived = story.later(answered, 3, 70)
    subject = "案款一"
    note = f"到账 {story.world.rng.randrange(1_000, 400_000):,}.00 元"
    if not story.tell("money_arrived", arrived, subject=subject, note=note):
        return
    end = story.end
    story.outlive()
    told = story.by("N35A", "handler_told", arrived, subject=subject)
    story.by("D901", "money_claimed", arrived, subject=subject)
    asked = story.by("D902", "finance_notified", arrived, subject=subject)
    if max(told, asked) <= story.end:
        paid = story.by("D903", "money_paid", max(told, asked), subject=subject, late=0.05)
        story.log(paid, "案款已发放申请执行人。")
    story.end = end


def disposal(story: Story, answered: date, subject: str) -> None:
    """A controlled thing is priced, auctioned and handed over."""
    step = story.later(answered, 5, 25)
    if not story.tell("disposal_needed", step, subject=subject):
        return
    chain = (
        ("N24", "price_started", "appraisal_entrusted", 1, 5),
        ("N25P", "appraisal_reported", "price_report_received", 0, 2),
        ("D401", "price_report_checked", None, 0, 0),
        ("N26", "price_report_sent", None, 0, 0),
        ("N26Y", "price_fixed", None, 0, 0),
        ("N27", "sale_started", "first_auction_notice", 1, 5),
    )
    entrusted = step
    for code, kind, then, low, high in chain:
        done = story.by(code, kind, step, subject=subject, late=0.05)
        if code == "N24":
            entrusted = done
        if done > story.end:
            return
        if code != "D401":
            step = done
        if then is not None:
            step = story.later(done, low, high)
            if not story.tell(then, step, subject=subject):
                return
        if code == "N25P":
            story.pause("appraisal", entrusted + timedelta(days=1), done, "执评")
    _auction(story, step, subject)


def _auction(story: Story, noticed: date, subject: str) -> None:
    held = story.later(noticed, 30, 34)
    if not story.tell("first_auction_held", held, subject=subject):
        return
    if story.chance(0.35):
        failed = held
        story.tell("first_auction_failed", failed, subject=subject)
        held = story.by("N29", "second_auction_held", failed, subject=subject, late=0.06)
        if held > story.end:
            return
    paid = story.later(held, 3, 12)
    if story.tell("price_paid", paid, subject=subject):
        served = story.by("N31", "sale_ruling_served", paid, subject=subject, late=0.05)
        if served <= story.end:
            story.by("N32", "property_handed_over", served, subject=subject, late=0.05)
    story.pause("auction", noticed + timedelta(days=1), held, "执拍")
