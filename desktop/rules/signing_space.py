"""Walks through all that can happen to every kind of document, and names what must not (X15).

The walk asks the same `decide` that the desk asks. Beside it stands a plain book-keeping of its
own: whether the president approved these words, who drafted, who voted. An answer that the book
does not bear out is a violation, told with the path that leads there. Pure; any thread.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from desktop.rules.signing import (
    MAJORITY,
    PANEL_SIZE,
    Act,
    Attempt,
    Decision,
    Outcome,
    Signer,
)
from desktop.rules.signing_cast import (
    AGREED_BY,
    Departure,
    Sort,
    World,
    cast,
    profiles,
    sort_of,
    worlds,
)
from desktop.rules.signing_matrix import (
    MAKER,
    PANEL_CODES,
    STAGE_NAMES,
    Document,
    Matrix,
    Stage,
    Step,
)
from storage.ids import PersonId
from storage.records.people import Post

Decide = Callable[[Matrix, Attempt], Decision]

# How often, on one path, words change or a document is sent back; where freedom or money is taken
# a second time, so that every order of the two is walked.
RESTARTS: Final = 1
RESTARTS_COERCIVE: Final = 2
VIOLATIONS_MAX: Final = 20
PATH_STEPS_MAX: Final = 100
PAST_PRESIDENT: Final = "未经院长批准"


@dataclass(frozen=True, slots=True)
class Violation:
    """Something the matrix must never allow, and the acts that lead to it."""

    document: str
    sentence: str
    path: tuple[str, ...]
    kind: str = ""

    def text(self) -> str:
        """One line for a report."""
        return f"{self.document}：{self.sentence}；路径：{' → '.join(self.path)}"


@dataclass(slots=True)
class Count:
    """What was explored for one kind of document."""

    code: str
    name: str
    worlds: int = 0
    states: int = 0
    attempts: int = 0
    transitions: int = 0
    profiles: int = 0
    finished: int = 0
    coercive: bool = False


@dataclass(slots=True)
class Report:
    """The counts by document and every violation found (at most VIOLATIONS_MAX for each)."""

    day: date
    counts: list[Count] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def total(self, name: str) -> int:
        """The sum of one count over all documents."""
        return sum(int(getattr(count, name)) for count in self.counts)

    def coercive_paths(self) -> int:
        """Paths to a signed fine, summons or detention, each with the president's approval."""
        return sum(count.finished for count in self.counts if count.coercive)

    def past_the_president(self) -> int:
        """Paths to a signed fine, summons or detention without it."""
        return sum(1 for violation in self.violations if violation.kind == PAST_PRESIDENT)


@dataclass(frozen=True, slots=True)
class _Book:
    """The walk's own account of a document; two courses with equal books are one state."""

    done: int = 0
    makers: frozenset[PersonId] = frozenset()
    votes: frozenset[tuple[PersonId, bool]] = frozenset()
    president: bool = False
    panel: bool = False
    stale: frozenset[Stage] = frozenset()
    content: int = 0
    restarts: int = 0
    left: int = 0


def explore(
    matrix: Matrix,
    decide: Decide,
    codes: frozenset[str] | None = None,
    restarts: int | None = None,
) -> Report:
    """Walks every document of `matrix` (or `codes`) through every world.

    restarts: how often words change or a document is sent back, instead of the usual.
    """
    report = Report(matrix.day)
    for code, document in matrix.documents.items():
        if codes is None or code in codes:
            count = Count(code, document.name, coercive=document.coercive)
            report.counts.append(count)
            most = RESTARTS_COERCIVE if document.coercive else RESTARTS
            most = most if restarts is None else restarts
            _Walker(matrix, document, decide, count, report, most).run()
    return report


@dataclass(slots=True)
class _Walker:
    """Explores one document. A state is a book; with it goes one course that leads there."""

    matrix: Matrix
    document: Document
    decide: Decide
    count: Count
    report: Report
    restarts: int

    def run(self) -> None:
        """Every world breadth first; then whether the document can be finished at all."""
        alive = False
        everybody = [(sort_of(self.document, one), one) for one in profiles(self.document)]
        for world in worlds(self.document, self.matrix.day):
            self.count.worlds += 1
            finished = self._walk(world)
            alive = alive or (world.roving and finished)
            for departure in world.departures if world.roving else ():
                self._sweep(world, departure, everybody)
        if not alive:
            self._violated("全员在岗时没有任何路径可以办结", ())

    def _walk(self, world: World) -> bool:
        """Whether the document could be finished with everybody there."""
        start = _Book(restarts=self.restarts if world.roving else 0)
        courses: dict[_Book, tuple[Act, ...]] = {start: ()}
        waiting, alive = deque([start]), False
        while waiting:
            book = waiting.popleft()
            course = courses[book]
            for act, after in self._next(book, course, world):
                self.count.transitions += 1
                if after.done == len(self.document.steps):
                    self.count.finished += 1
                    alive = alive or not after.left
                elif after not in courses:
                    courses[after] = course if act is None else (*course, act)
                    waiting.append(after)
        self.count.states += len(courses)
        return alive

    def _next(
        self, book: _Book, course: tuple[Act, ...], world: World
    ) -> Iterator[tuple[Act | None, _Book]]:
        """Holders of posts leave, words change, or somebody acts."""
        if not book.left:
            for number in range(1, len(world.departures)):
                yield None, replace(book, left=number)
        if book.restarts and book.makers:
            yield None, replace(self._over_again(book, 0), content=book.content + 1)
        yield from self._acts(book, course, world)

    def _over_again(self, book: _Book, done: int) -> _Book:
        stages = frozenset(step.stage for step in self.document.steps[done : book.done])
        return replace(
            book,
            done=done,
            votes=frozenset(),
            president=False,
            panel=False,
            stale=book.stale | (stages - {Stage.DRAFT}),
            restarts=max(book.restarts - 1, 0),
        )

    def _asked(self, book: _Book, course: tuple[Act, ...], world: World) -> Attempt:
        departure = world.departures[book.left]
        return Attempt(
            self.document.code,
            self.document.steps[book.done].stage,
            world.people[0],
            f"内容{book.content}",
            course=course,
            facts=world.facts,
            people=world.people,
            absences=departure.absences,
            delegations=departure.delegations,
        )

    def _acts(
        self, book: _Book, course: tuple[Act, ...], world: World
    ) -> Iterator[tuple[Act, _Book]]:
        """Everybody tries the open stage; every other stage is tried in turn by one of them."""
        asked = self._asked(book, course, world)
        known = replace(asked, people=self._decisive(self.document.steps[book.done], world))
        allowed: list[PersonId] = []
        refused: list[Attempt] = []
        for person in world.people:
            attempt = known.by(person)
            decision = self._answer(attempt)
            if decision.allowed:
                allowed.append(person.id)
                yield from self._outcomes(book, attempt, decision, world)
            else:
                refused.append(attempt)
        for stage, person in self._others(book, course, asked.stage, world):
            attempt = known.by(person, stage)
            if self._answer(attempt).allowed:
                self._violated(
                    self._out_of_turn(book, attempt), (*course, _act(attempt, self.matrix.day))
                )
            refused.append(attempt)
        # Who can is the same for everybody refused here: one in turn and one out of turn suffice.
        for attempt in {refused[0], refused[-1]}:
            decision = self._answer(replace(attempt, people=world.people))
            self._check_refusal(decision, asked, allowed, course)

    def _others(
        self, book: _Book, course: tuple[Act, ...], open_stage: Stage, world: World
    ) -> Iterator[tuple[Stage, Signer]]:
        """Every other stage, tried by anybody in turn and by somebody who may do it in its time."""
        cells = {step.stage: step.signers for step in self.document.steps}
        for number, stage in enumerate(Stage):
            if stage is open_stage:
                continue
            yield stage, world.people[(number + len(course)) % len(world.people)]
            for one in world.people:
                fit = not one.codes.isdisjoint(cells.get(stage, frozenset()))
                if one.id == world.facts.presiding or (fit and one.id not in book.makers):
                    yield stage, one
                    break

    def _out_of_turn(self, book: _Book, attempt: Attempt) -> str:
        who, stage = attempt.person.title(), STAGE_NAMES[attempt.stage]
        if self.document.coercive and attempt.stage is Stage.SIGN and not book.president:
            return f"{self.document.name}{PAST_PRESIDENT}即由{who}签发"
        return f"{who}越过环节办理{stage}"

    def _answer(self, attempt: Attempt) -> Decision:
        self.count.attempts += 1
        return self.decide(self.matrix, attempt)

    def _decisive(self, step: Step, world: World) -> tuple[Signer, ...]:
        """Those whose presence an answer at `step` depends on: the panel where it acts, and
        holders who may be stood in for."""
        panel = world.facts.panel if step.signers & PANEL_CODES else ()
        cell = step.signers if step.delegates else frozenset()
        return tuple(
            one for one in world.people if one.id in panel or not one.codes.isdisjoint(cell)
        )

    def _outcomes(
        self, book: _Book, attempt: Attempt, decision: Decision, world: World
    ) -> Iterator[tuple[Act, _Book]]:
        act = _act(attempt, self.matrix.day, decision.as_delegate_of)
        fault = self._wrong(book, attempt, decision, world)
        if fault is not None:
            self._violated(fault, (*attempt.course, act))
            return
        approved = act.stage is Stage.APPROVE and self._is_presidents(act, attempt, world)
        yield act, self._after(book, act, approved)
        if act.stage is Stage.PANEL:
            dissent = replace(act, outcome=Outcome.DISSENT)
            yield dissent, self._after(book, dissent, approved)
        elif act.stage is not Stage.DRAFT and book.restarts:
            back = replace(act, outcome=Outcome.RETURNED)
            stages = [step.stage for step in self.document.steps]
            to = stages.index(self.document.steps[book.done].returns_to)
            yield back, self._over_again(book, to)

    def _after(self, book: _Book, act: Act, approved: bool) -> _Book:
        """The book after an act that was done; three votes decide a panel."""
        if act.stage is Stage.PANEL:
            votes = book.votes | {(act.person_id, act.outcome is Outcome.DONE)}
            if len(votes) < PANEL_SIZE:
                return replace(book, votes=votes)
            if sum(1 for _, agreed in votes if agreed) < MAJORITY:
                return self._over_again(book, 0)
            return replace(book, done=book.done + 1, votes=frozenset(), panel=True)
        makers = book.makers | {act.person_id} if act.stage is Stage.DRAFT else book.makers
        return replace(
            book, done=book.done + 1, makers=makers, president=book.president or approved
        )

    def _is_presidents(self, act: Act, attempt: Attempt, world: World) -> bool:
        """Whether an approval is the president's own, or given for an absent president by a
        vice-president under a power that a third person agreed to."""
        person = attempt.person
        if act.delegate_of is None:
            return person.post is Post.PRESIDENT
        giver = next(one for one in world.people if one.id == act.delegate_of)
        return (
            (giver.post, person.post) == (Post.PRESIDENT, Post.VICE_PRESIDENT)
            and any(absence.person_id == giver.id for absence in attempt.absences)
            and any(
                (power.from_id, power.to_id, power.agreed_by) == (giver.id, person.id, AGREED_BY)
                and power.from_on <= self.matrix.day <= power.to_on
                and (not power.documents or self.document.code in power.documents)
                for power in attempt.delegations
            )
        )

    def _wrong(self, book: _Book, attempt: Attempt, decision: Decision, world: World) -> str | None:
        """What an allowed act breaks; None when it may stand."""
        person, stage, whom = attempt.person, attempt.stage, decision.as_delegate_of
        away = {absence.person_id for absence in attempt.absences}
        who = person.title()
        faults = (
            (not decision.reason.endswith("。"), "准许没有写明理由"),
            (decision.stage is not stage, f"准许{who}办理的不是现应办理的环节"),
            (person.id in away, f"{who}不在岗却办理了{STAGE_NAMES[stage]}"),
            (whom is not None and whom not in away, f"{who}代行在岗者的职权"),
        )
        found = next((words for wrong, words in faults if wrong), None)
        return (
            found or self._wrong_hand(book, person, whom) or self._wrong_course(book, person, world)
        )

    def _wrong_hand(self, book: _Book, person: Signer, whom: PersonId | None) -> str | None:
        step, name = self.document.steps[book.done], self.document.name
        apart = step.stage in (Stage.REVIEW, Stage.APPROVE)
        apart = apart or (step.stage is Stage.SIGN and MAKER not in step.signers)
        if apart and {person.id, whom} & book.makers:
            return f"{person.title()}{step.name()}了自己所拟的{name}"
        if step.stage is Stage.SIGN and self.document.coercive and not book.president:
            return f"{name}{PAST_PRESIDENT}即由{person.title()}签发"
        if step.stage is Stage.SIGN and self.document.judge and not person.quota:
            return f"审判文书{name}由未入额的{person.title()}签发"
        return None

    def _wrong_course(self, book: _Book, person: Signer, world: World) -> str | None:
        step, name = self.document.steps[book.done], self.document.name
        if step.stage is Stage.PANEL:
            if not world.lawful_panel or not person.quota or person.id not in world.facts.panel:
                return f"{name}由不合法的合议庭（{world.label}）合议"
            if any(voter == person.id for voter, _ in book.votes):
                return f"{person.title()}两次表决"
        elif self.document.panel and book.done + 1 == len(self.document.steps) and not book.panel:
            return f"{name}未经三名法官合议"
        return None

    def _check_refusal(
        self, decision: Decision, asked: Attempt, allowed: list[PersonId], course: tuple[Act, ...]
    ) -> None:
        """Reason and basis given, the open stage named, and exactly those named who really can."""
        reason = decision.reason
        if decision.allowed or not reason.endswith("。") or decision.basis not in reason:
            self._violated("拒绝没有写明理由和依据", course)
        if decision.stage is not asked.stage:
            self._violated("拒绝没有指明现应办理的环节", course)
        if list(decision.who_ids) != allowed or len(decision.who_can) != len(allowed):
            self._violated("拒绝所列可办理人员与实际不符", course)
        if decision.tell_duty_leader and allowed:
            self._violated("有人可以办理却要求报告值班领导", course)
        if self.document.coercive and asked.stage is Stage.APPROVE and not allowed:
            gone = {absence.person_id for absence in asked.absences}
            heads = [one.id for one in asked.people if one.post is Post.PRESIDENT]
            if gone.issuperset(heads) and not decision.tell_duty_leader:
                self._violated("院长不在岗且无人代行，没有要求报告值班领导", course)

    def _violated(self, sentence: str, course: tuple[Act, ...]) -> None:
        mine = [one for one in self.report.violations if one.document == self.document.name]
        if len(mine) < VIOLATIONS_MAX and all(one.sentence != sentence for one in mine):
            path = tuple(
                f"{STAGE_NAMES[act.stage]}[{act.person_id} {act.outcome} {act.content}]"
                for act in course[:PATH_STEPS_MAX]
            )
            kind = PAST_PRESIDENT if PAST_PRESIDENT in sentence else ""
            self.report.violations.append(Violation(self.document.name, sentence, path, kind))

    def _sweep(
        self, world: World, departure: Departure, everybody: list[tuple[Sort, Signer]]
    ) -> None:
        """At every stage, each profile in the place of its sort is answered as its sort is."""
        sorts = {sort_of(self.document, one): one for one in cast(self.document)}
        course: tuple[Act, ...] = ()
        for at, step in enumerate(self.document.steps):
            asked = replace(
                self._asked(_Book(done=at), course, world),
                absences=departure.absences,
                delegations=departure.delegations,
            )
            crowd = {
                sort: self._decisive(step, _without(world, one)) for sort, one in sorts.items()
            }
            answers: dict[Sort, bool] = {}
            for sort, profile in everybody:
                person = replace(profile, id=sorts[sort].id)
                people = (*crowd[sort], person)
                decision = self.decide(self.matrix, replace(asked, person=person, people=people))
                self.count.profiles += 1
                if answers.setdefault(sort, decision.allowed) != decision.allowed:
                    self._violated(f"{person.title()}与同类人员的结论不同", course)
                signs = decision.allowed and step.stage is Stage.SIGN
                if signs and self.document.judge and not profile.quota:
                    self._violated(f"审判文书由未入额的{person.title()}签发", course)
            doers = world.facts.panel if step.stage is Stage.PANEL else (PersonId("他人"),)
            course += tuple(Act(step.stage, one, self.matrix.day, asked.content) for one in doers)


def _act(attempt: Attempt, day: date, holder: PersonId | None = None) -> Act:
    return Act(attempt.stage, attempt.person.id, day, attempt.content, delegate_of=holder)


def _without(world: World, person: Signer) -> World:
    return replace(world, people=tuple(one for one in world.people if one.id != person.id))
