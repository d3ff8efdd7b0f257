"""Who may sign: the wrong signer learns why and who can; stages, panels, absence, own drafts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from desktop.errors import UserError
from desktop.rules.signing import (
    Act,
    Attempt,
    CaseFacts,
    Decision,
    Delegation,
    Outcome,
    Signer,
    at_stage,
    decide,
    may_batch,
)
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Stage, matrix_on
from desktop.rules.teams import Absence
from storage.ids import PersonId
from storage.records.people import Post, TeamRole

DAY = date(2026, 11, 23)
MATRIX = matrix_on(load_signing(), (), DAY)
NEW, OLD = "新文", "旧文"
NON_QUOTA = (Post.COMMISSAR, Post.DEPUTY_CHIEF, Post.TRIBUNAL_HEAD)


def signer(name: str, post: Post, *roles: TeamRole, quota: bool = False, group: str = "") -> Signer:
    groups = frozenset({group} if group else ())
    return Signer(PersonId(name), name, post, quota, frozenset(roles), groups)


PRESIDENT = signer("院甲", Post.PRESIDENT)
VICE = signer("副乙", Post.VICE_PRESIDENT)
CHIEF = signer("局丙", Post.BUREAU_CHIEF)
DEPUTY = signer("副局丁", Post.DEPUTY_CHIEF, TeamRole.LEADER)
COMMISSAR = signer("政戊", Post.COMMISSAR, TeamRole.SUPERVISOR)
JUDGE = signer("法己", Post.QUOTA_JUDGE, TeamRole.JUDGE, quota=True)
ASSISTANT = signer("助庚", Post.JUDGE_ASSISTANT, TeamRole.ASSISTANT)
HEAD = signer("组辛", Post.OPERATOR, group="petition.leader")
MEMBER = signer("员壬", Post.OPERATOR, group="petition.member")
SEATS = tuple(signer(f"庭{n}", Post.QUOTA_JUDGE, quota=True) for n in (1, 2, 3))
STAFF = (PRESIDENT, VICE, CHIEF, DEPUTY, COMMISSAR, JUDGE, ASSISTANT, HEAD, MEMBER, *SEATS)
PANEL = CaseFacts(tuple(one.id for one in SEATS), SEATS[0].id)


def act(stage: Stage, who: Signer, content: str = NEW, outcome: Outcome = Outcome.DONE) -> Act:
    return Act(stage, who.id, DAY, content, outcome)


def attempt(document: str, stage: Stage, who: Signer, *course: Act, **more: object) -> Attempt:
    made = Attempt(document, stage, who, NEW, course=course, facts=PANEL, people=STAFF)
    return replace(made, **more)  # type: ignore[arg-type]


def ask(document: str, stage: Stage, who: Signer, *course: Act, **more: object) -> Decision:
    return decide(MATRIX, attempt(document, stage, who, *course, **more))


DRAFT, REVIEW, VOTE, APPROVE, SIGN = Stage
DRAFTED = act(DRAFT, ASSISTANT)
APPROVED = act(APPROVE, PRESIDENT)
VOTES = tuple(act(VOTE, one) for one in SEATS)

TABLE = [  # document, stage, who, course, allowed, words of the reason, who can
    ("detention_decision", APPROVE, PRESIDENT, (DRAFTED,), True, "民诉法第119条", ["院甲"]),
    ("detention_decision", APPROVE, VICE, (DRAFTED,), False, "由院长办理", ["院甲"]),
    ("detention_decision", APPROVE, CHIEF, (DRAFTED,), False, "民诉法第119条", ["院甲"]),
    ("detention_decision", SIGN, JUDGE, (DRAFTED,), False, "尚缺审批（院长）", ["院甲"]),
    ("detention_decision", SIGN, JUDGE, (DRAFTED, APPROVED), True, "可以办理", ["法己"]),
    ("detention_decision", SIGN, DEPUTY, (DRAFTED, APPROVED), False, "须由员额法官", ["法己"]),
    ("detention_decision", APPROVE, PRESIDENT, (), False, "尚缺拟稿", ["法己", "助庚"]),
    ("detention_decision", REVIEW, CHIEF, (DRAFTED,), False, "没有审核环节", ["院甲"]),
    ("control_ruling", SIGN, JUDGE, (act(DRAFT, JUDGE),), True, "未核实", ["法己"]),
    ("control_ruling", DRAFT, ASSISTANT, (), False, "员额法官", ["法己"]),
    ("search_warrant", SIGN, VICE, (DRAFTED,), False, "民诉法第259条", ["院甲"]),
    ("search_warrant", SIGN, PRESIDENT, (DRAFTED,), True, "民诉法第259条", ["院甲"]),
    ("extension_approval", APPROVE, VICE, (DRAFTED,), True, "法发〔2006〕35号", ["副乙"]),
    ("weekly_circular", SIGN, CHIEF, (act(DRAFT, MEMBER),), False, "尚缺审核", ["组辛"]),
    ("outside_police", SIGN, DEPUTY, (act(DRAFT, JUDGE),), False, "执行局局长", ["局丙"]),
    ("objection_ruling", SIGN, SEATS[0], (act(DRAFT, SEATS[0]), *VOTES), True, "审判长", ["庭1"]),
    ("objection_ruling", SIGN, SEATS[1], (act(DRAFT, SEATS[0]), *VOTES), False, "审判长", ["庭1"]),
    (
        *("objection_ruling", VOTE, SEATS[0], (act(DRAFT, SEATS[1]), VOTES[0]), False),
        *("已经表决", ["庭2", "庭3"]),
    ),
    (
        "objection_ruling",
        SIGN,
        SEATS[0],
        (act(DRAFT, SEATS[1]), *VOTES[:2]),
        False,
        "合议",
        ["庭3"],
    ),
    (
        *("programme_closure_ruling", SIGN, SEATS[0], (DRAFTED, *VOTES), False),
        *("尚缺审批（院长）", ["院甲"]),
    ),
    ("disbursement", APPROVE, VICE, (DRAFTED,), True, "〔未核实〕", ["副乙"]),
]


@pytest.mark.parametrize(
    ("document", "stage", "who", "course", "allowed", "words", "can"),
    TABLE,
    ids=[f"{row[0]}-{row[1]}-{row[2].name}-{len(row[3])}" for row in TABLE],
)
def test_the_wrong_one_learns_why_and_who_can(
    document: str,
    stage: Stage,
    who: Signer,
    course: tuple[Act, ...],
    allowed: bool,
    words: str,
    can: list[str],
) -> None:
    found = ask(document, stage, who, *course)
    assert found.allowed is allowed
    if words == "未核实":  # a confirmed basis carries no mark
        assert words not in found.reason
    else:
        assert words in found.reason
    assert list(found.who_can) == can
    assert found.reason.endswith("。")


@pytest.mark.parametrize("post", NON_QUOTA)
@pytest.mark.parametrize("role", list(TeamRole))
def test_a_leader_without_a_pen_signs_no_judges_document(post: Post, role: TeamRole) -> None:
    leader = signer("领", post, role, group="petition.leader")
    facts = CaseFacts((leader.id, SEATS[1].id, SEATS[2].id), leader.id)
    judged = [document for document in MATRIX.documents.values() if document.judge]
    assert len(judged) > 10
    for document in judged:
        asked = Attempt(document.code, SIGN, leader, NEW, facts=facts)
        assert not decide(MATRIX, at_stage(MATRIX, asked)).allowed


def test_without_staff_the_posts_are_named() -> None:
    found = ask("detention_decision", APPROVE, CHIEF, DRAFTED, people=())
    assert (found.who_can, found.who_ids) == (("院长",), ())
    assert not found.tell_duty_leader


# ── one's own draft ──


def test_nobody_approves_what_he_made() -> None:
    maker = replace(PRESIDENT, team_roles=frozenset({TeamRole.ASSISTANT}))
    people = (maker, *STAFF[1:])
    course = (act(DRAFT, maker),)
    found = ask("detention_decision", APPROVE, maker, *course, people=people)
    assert not found.allowed
    assert "自己所拟" in found.reason
    assert found.who_can == ()
    # Who redrafts does not make the first draft another's.
    again = (*course, act(DRAFT, ASSISTANT, OLD), act(DRAFT, ASSISTANT))
    assert not ask("detention_decision", APPROVE, maker, *again, people=people).allowed


def test_the_maker_is_known_without_an_act() -> None:
    found = ask("detention_decision", APPROVE, PRESIDENT, DRAFTED, maker_id=PRESIDENT.id)
    assert "拟稿人" in found.reason


# ── stages over one content ──


def test_changed_words_void_every_approval() -> None:
    old = (act(DRAFT, ASSISTANT, OLD), act(APPROVE, PRESIDENT, OLD))
    found = ask("detention_decision", SIGN, JUDGE, *old)
    assert not found.allowed
    assert "改动后" in found.reason
    assert found.stage is DRAFT
    assert ask("detention_decision", SIGN, JUDGE, *old, DRAFTED).stage is APPROVE
    # Words put back as they were were drafted anew; what was said of them before stays void.
    back = (DRAFTED, APPROVED, act(DRAFT, ASSISTANT, OLD), DRAFTED)
    assert ask("detention_decision", SIGN, JUDGE, *back).stage is APPROVE


def test_a_document_sent_back_begins_again() -> None:
    sent_back = act(APPROVE, PRESIDENT, outcome=Outcome.RETURNED)
    assert ask("detention_decision", APPROVE, PRESIDENT, DRAFTED, sent_back).stage is DRAFT
    assert ask("detention_decision", APPROVE, PRESIDENT, DRAFTED, sent_back, DRAFTED).allowed
    late = (DRAFTED, APPROVED, act(SIGN, JUDGE, outcome=Outcome.RETURNED), DRAFTED)
    assert ask("detention_decision", SIGN, JUDGE, *late).stage is APPROVE


def test_acts_out_of_turn_count_for_nothing() -> None:
    assert ask("detention_decision", SIGN, JUDGE, APPROVED, DRAFTED).stage is APPROVE


def test_what_is_signed_stays_signed() -> None:
    signed = (DRAFTED, APPROVED, act(SIGN, JUDGE))
    for stage in Stage:
        for content in (NEW, OLD):
            found = ask("detention_decision", stage, PRESIDENT, *signed, content=content)
            assert (found.allowed, found.stage, found.who_can) == (False, None, ())


# ── panels ──


def test_two_of_three_carry_a_panel_and_one_does_not() -> None:
    first, second, third = SEATS
    no = [act(VOTE, one, outcome=Outcome.DISSENT) for one in SEATS]
    start = act(DRAFT, second)
    carried = (start, VOTES[0], VOTES[1], no[2])
    assert ask("review_ruling", SIGN, first, *carried).allowed
    lost = (start, VOTES[0], no[1], no[2])
    assert ask("review_ruling", SIGN, first, *lost).stage is DRAFT
    assert third.id in ask("review_ruling", VOTE, first, start, VOTES[0]).who_ids


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (CaseFacts(PANEL.panel[:2], PANEL.presiding), "现为2名"),
        (CaseFacts((), None), "现为0名"),
        (CaseFacts((*PANEL.panel[:2], PANEL.panel[0]), PANEL.presiding), "现为2名"),
        (CaseFacts(PANEL.panel, None), "未指定审判长"),
        (CaseFacts((COMMISSAR.id, *PANEL.panel[1:]), COMMISSAR.id), "未入额"),
        (CaseFacts(PANEL.panel, PANEL.presiding, frozenset({SEATS[2].id})), "第11条"),
    ],
)
def test_no_panel_no_decision(facts: CaseFacts, words: str) -> None:
    found = ask("objection_ruling", VOTE, SEATS[1], act(DRAFT, SEATS[1]), facts=facts)
    assert not found.allowed
    assert words in found.reason


def test_who_carried_the_case_out_may_sit_on_its_auction() -> None:
    facts = CaseFacts((JUDGE.id, *PANEL.panel[1:]), JUDGE.id, frozenset({JUDGE.id}))
    assert ask("auction_parameters", VOTE, JUDGE, DRAFTED, facts=facts).allowed


# ── absence ──

AWAY = (Absence(PRESIDENT.id, DAY, DAY, "休假"),)
POWER = Delegation(PRESIDENT.id, VICE.id, Post.PRESIDENT, DAY, DAY, CHIEF.id)


def test_an_absent_presidents_delegate_acts_for_him() -> None:
    asked = {"absences": AWAY, "delegations": (POWER,)}
    found = ask("detention_decision", APPROVE, VICE, DRAFTED, **asked)
    assert found.allowed
    assert (found.as_delegate_of, found.for_post) == (PRESIDENT.id, Post.PRESIDENT)
    assert "代行" in found.reason
    assert "〔未核实〕" in found.reason
    assert not found.confirmed
    wrong = ask("detention_decision", APPROVE, CHIEF, DRAFTED, **asked)
    assert wrong.who_can == (VICE.name,)


LATE = {"from_on": DAY + timedelta(days=1), "to_on": DAY + timedelta(days=9)}


@pytest.mark.parametrize(
    "power",
    [
        replace(POWER, agreed_by=None),
        replace(POWER, agreed_by=PRESIDENT.id),
        replace(POWER, agreed_by=VICE.id),
        replace(POWER, **LATE),
        replace(POWER, documents=frozenset({"fine_decision"})),
        replace(POWER, from_id=CHIEF.id, post=Post.BUREAU_CHIEF),
        replace(POWER, from_id=CHIEF.id),
        replace(POWER, to_id=CHIEF.id, agreed_by=VICE.id),
    ],
)
def test_a_void_power_leaves_nobody_and_the_duty_leader_is_told(power: Delegation) -> None:
    for who in (VICE, CHIEF, PRESIDENT):
        found = ask(
            *("detention_decision", APPROVE, who, DRAFTED),
            absences=AWAY,
            delegations=(power,),
        )
        assert not found.allowed
        assert (found.who_can, found.tell_duty_leader) == ((), True)
        assert "须报告值班领导" in found.reason


def test_a_delegate_waits_while_the_holder_is_there() -> None:
    found = ask("detention_decision", APPROVE, VICE, DRAFTED, delegations=(POWER,))
    assert (found.allowed, found.who_can) == (False, (PRESIDENT.name,))


def test_a_delegate_does_not_approve_what_his_giver_made() -> None:
    asked = {"absences": AWAY, "delegations": (POWER,), "maker_id": PRESIDENT.id}
    found = ask("detention_decision", APPROVE, VICE, DRAFTED, **asked)
    assert not found.allowed
    assert "自己所拟" in found.reason


def test_a_judges_pen_is_lent_to_nobody() -> None:
    away = (Absence(JUDGE.id, DAY, DAY, "病假"),)
    power = Delegation(JUDGE.id, SEATS[0].id, Post.QUOTA_JUDGE, DAY, DAY, CHIEF.id)
    found = ask(
        *("detention_decision", SIGN, SEATS[0], DRAFTED, APPROVED),
        absences=away,
        delegations=(power,),
    )
    assert (found.allowed, found.who_can, found.tell_duty_leader) == (False, (), True)
    own = ask("detention_decision", SIGN, JUDGE, DRAFTED, APPROVED, absences=away)
    assert "不在岗（病假）" in own.reason


def test_an_absence_of_another_day_hinders_nobody() -> None:
    other = (Absence(PRESIDENT.id, DAY - timedelta(days=3), DAY - timedelta(days=1), "休假"),)
    assert ask("detention_decision", APPROVE, PRESIDENT, DRAFTED, absences=other).allowed


# ── the rest ──


def test_freedom_and_fines_are_never_approved_in_batches() -> None:
    single = {code for code in MATRIX.documents if not may_batch(MATRIX, code)}
    assert single == {"fine_decision", "summons", "detention_decision"}


def test_an_unknown_document_is_told() -> None:
    with pytest.raises(UserError, match="没有文书“poem”"):
        ask("poem", SIGN, JUDGE)


@pytest.mark.parametrize(
    ("day", "article"),
    [
        (date(2017, 6, 1), "民诉法（2017）第116条"),
        (date(2022, 6, 1), "民诉法（2021）第119条〔未核实〕"),
        (date(2024, 1, 1), "民诉法第119条"),
    ],
)
def test_the_article_is_that_of_the_day(day: date, article: str) -> None:
    matrix = matrix_on(load_signing(), (), day)
    found = decide(matrix, attempt("summons", APPROVE, CHIEF, DRAFTED))
    assert f"（{article}）" in found.reason
