"""Official documents of the demo city, in every state of their course. Writer thread; no Qt.

Oldest first, since numbers run with the days. Everything goes through the desk's own commands;
only a city that is large enough to be shown gets signed ones, as each signature costs a third of
a second.
"""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy import Connection, insert

from desktop.contract.law import Law
from desktop.demo.circulars import weekly_circulars
from desktop.demo.paper_desk import HOME, PaperDesk
from desktop.demo.pen import Pen
from desktop.demo.story import Told, World
from desktop.documents.powers import Change, Power, Verdict, delegate, propose, settle_power
from desktop.documents.receipts import print_slip, recall, remind
from desktop.documents.replies import Answer, AskReplies, Objection, answer, ask_replies, object_to
from desktop.rules.signing_matrix import Stage
from storage.records.people import Post, TeamKind
from storage.schema import table

_SALT: Final = 8
# From so many cases on a city has papers, and signed ones.
PAPERS_FROM: Final = 1_000
SIGNED_FROM: Final = 5_000
_CASES_NEEDED: Final = 14
_TO_ALL: Final = "各基层人民法院"


def papers(connection: Connection, world: World, law: Law, pen: Pen | None) -> None:
    """Writes all of them. The city's cases and petitions must be stored already."""
    rng = Random(world.days.today.toordinal() * 31 + _SALT)
    desk = PaperDesk(connection, world, rng, pen)
    if pen is not None:
        weekly_circulars(desk, law)
    _notices(desk)
    _replies(desk)
    _right_of_reply(desk)
    open_cases = [
        case
        for case in world.told.values()
        if case.court_code == HOME and case.type_word == "执" and case.closed is None
        if (world.days.today - case.filed).days > 50
    ]
    if len(open_cases) >= _CASES_NEEDED:
        cases = rng.sample(open_cases, _CASES_NEEDED)
        # A company can be fined, but neither detained nor brought in.
        people = [case for case in cases if "公司" not in case.debtor]
        rest = [case for case in cases if case not in people[:3]]
        _orders(desk, rest[:6])
        _coercive(desk, rest[6:9], people[:3])
        _handover(desk, rest[9])
        _announcement(desk, open_cases)
    _powers(desk)


def _notice(desk: PaperDesk, days: int, subject: str, body: str) -> str:
    """A notice drafted by the general group so many days ago and sent to be signed."""
    clerk = desk.group(TeamKind.GENERAL).members[0]
    due = desk.world.days.after(desk.ago(days), 12).isoformat()
    values = {"subject": subject, "to": _TO_ALL, "body": body, "reply_by": due}
    made = desk.draft("notice", values, clerk, desk.ago(days))
    desk.send(made, clerk, desk.ago(days))
    return made


_AUDIT: Final = """
为规范终结本次执行程序案件管理，现就开展自查有关事项通知如下：
一、自查范围
2024年以来以终结本次执行程序方式结案的全部案件。
二、自查重点
（一）网络查控、传统查控是否穷尽。
（二）约谈申请执行人是否有笔录。
（三）终本后每六个月一次的网络查询是否按期进行。
三、工作要求
发现不符合终本标准的，应当及时恢复执行。
""".strip()
_MONEY: Final = """
请对本院案款账户作一次清理。
一、到账超过三十日未发放的，逐案说明原因。
二、不明款应当在五个工作日内发出认领公告。
三、清理结果由分管院领导审签后报送。
""".strip()
_CLOCKS: Final = """
年底前请各院集中办理临期、超期节点。
一、逾期三十日以上的，由执行局局长逐案督办。
二、信访件未按期登记、甄别的，当日补办。
""".strip()


def _notices(desk: PaperDesk) -> None:
    """Issued and read by most, recalled, read by few, signed, numbered, waiting."""
    chief, clerk = desk.chief, desk.group(TeamKind.GENERAL).members[0]
    courts = desk.lower_courts()
    first = _notice(desk, 41, "开展终本案件自查", _AUDIT)
    if desk.signed(first, chief, desk.ago(40)):
        desk.issued(first, clerk, desk.ago(40), courts)
        desk.read(first, courts[:13], desk.ago(39), confirmed=9)
        remind(desk.connection, desk.act(first, clerk, desk.ago(33)))
        print_slip(desk.connection, desk.act(first, clerk, desk.ago(40)), range(1, 19))
        print_slip(desk.connection, desk.act(first, clerk, desk.ago(38)), [7])
    wrong = _notice(desk, 34, "报送不明款清理情况", _MONEY)
    if desk.signed(wrong, chief, desk.ago(33)):
        desk.issued(wrong, clerk, desk.ago(33), courts)
        desk.read(wrong, courts[:4], desk.ago(33), confirmed=1)
        recall(desk.connection, desk.act(wrong, clerk, desk.ago(32), "报送期限有误，另行印发。"))
    third = _notice(desk, 7, "报送案款清理情况", _MONEY)
    if desk.signed(third, chief, desk.ago(6)):
        desk.issued(third, clerk, desk.ago(6), courts)
        desk.read(third, courts[:6], desk.ago(5), confirmed=2)
    ready = _notice(desk, 4, "年底前集中清理超期节点", _CLOCKS)
    desk.signed(ready, chief, desk.ago(3))
    numbered = _notice(desk, 3, "组织执行信访业务培训", "请各院选派一名信访督办人员参加培训。")
    desk.numbered(numbered, desk.ago(3))
    _notice(desk, 2, "报送2027年执行装备需求", "请各院核实执法记录仪、车载终端缺口并汇总报送。")


def _reply(desk: PaperDesk, days: int, subject: str, body: str) -> tuple[str, dict[str, str]]:
    values = {
        "subject": subject,
        "to": "省高级人民法院执行局",
        "about": f"关于{subject}的交办函",
        "body": body,
    }
    clerk = desk.group(TeamKind.PETITION).members[0]
    return desk.draft("reply_letter", values, clerk, desk.ago(days)), values


def _replies(desk: PaperDesk) -> None:
    """Letters to the higher court: reviewed, waiting for review, returned, a bare draft."""
    group = desk.group(TeamKind.PETITION)
    clerk = group.members[0]
    done, values = _reply(
        *(desk, 9, "马某信访件办理情况"), "经查，案款已于本月足额发放，来访人表示息访。"
    )
    values["body"] = "经查，案款已于本月分两笔足额发放，来访人签署息访意见。"
    desk.draft("reply_letter", values, clerk, desk.ago(8), again=done, note="补充发放经过")
    desk.send(done, clerk, desk.ago(8))
    desk.passed(done, Stage.REVIEW, group.leader, desk.ago(7))
    for days, subject in ((5, "赵某反映评估拖延问题"), (2, "某建材公司反映超标的冻结问题")):
        made, _values = _reply(desk, days, subject, "经核查，反映情况部分属实，已责成限期改正。")
        desk.send(made, clerk, desk.ago(days))
    back, values = _reply(desk, 6, "孙某反映终本不当问题", "经查，终本程序合法。")
    desk.send(back, clerk, desk.ago(6))
    desk.returned(back, group.leader, desk.ago(4), "请补充终本前财产调查的具体经过和笔录页码。")
    values["body"] = "经查，终本前已作三次网络查控、一次实地调查，约谈笔录见附卷第四十二页。"
    desk.draft("reply_letter", values, clerk, desk.ago(2), again=back, note="按退回意见补充")
    _reply(desk, 1, "李某重复信访情况", "正在核实中。")


_RULES: Final = """
为压实执行信访责任，拟自2027年起按下列办法考核：
一、化解率、按期办结率各占四成，重复访占二成。
二、件数过少的法院不参加排名，只通报数字。
三、排名同时注明是否在正常波动范围内。
""".strip()


def _right_of_reply(desk: PaperDesk) -> None:
    """A draft that courts were asked about: one objection taken, one turned down, one waiting."""
    group = desk.group(TeamKind.GENERAL)
    clerk = group.members[0]
    values = {
        "subject": "执行信访考核办法（征求意见稿）",
        "to": _TO_ALL,
        "body": _RULES,
        "reply_by": desk.world.days.after(desk.today, 7).isoformat(),
    }
    made = desk.draft("notice", values, clerk, desk.ago(6))
    codes = desk.lower_courts()
    ids = desk.world.staff.court_ids
    asked = AskReplies(
        desk.act(made, clerk, desk.ago(6)),
        tuple(ids[code] for code in codes),
        desk.world.days.after(desk.today, 3),
    )
    ask_replies(desk.connection, asked)
    said = (
        (codes[2], "重复访受申请执行人个人因素影响较大，建议降为一成。"),
        (codes[6], "我院辖区大，建议按期办结期限延长五日。"),
        (codes[9], "建议明确合并件不重复计数。"),
    )
    objections = [
        object_to(
            desk.connection,
            Objection(
                *(made, ids[code], body),
                by_id=desk.world.staff.chiefs[code].id,
                at=desk.at(desk.ago(4)),
            ),
        )
        for code, body in said
    ]
    decided = (
        (True, "意见合理，重复访权重调整为一成。"),
        (False, "期限由规范性文件确定，不能由考核办法变更。"),
    )
    for objection_id, (accepted, why) in zip(objections, decided, strict=False):
        given = Answer(objection_id, accepted, why, group.leader.id, desk.at(desk.ago(2)))
        answer(desk.connection, given)


def _orders(desk: PaperDesk, cases: Sequence[Told]) -> None:
    """报告财产令 and 执行通知书: signed, numbered, waiting for the team's judge, a draft."""
    for n, case in enumerate(cases):
        judge = desk.team_of(case).handlers[0]
        kind = "execution_notice" if n % 3 == 2 else "property_order"
        values = {"days": "10"}
        if kind == "execution_notice":
            values |= {"other_duty": "履行生效法律文书确定的其他义务。"}
        made = desk.draft(kind, values, judge, desk.ago(8 - n), case=case)
        if n == 5:
            values["days"] = "7"
            desk.draft(kind, values, judge, desk.ago(2), case=case, again=made, note="缩短期限")
            continue
        desk.send(made, judge, desk.ago(8 - n))
        if n == 0:
            desk.signed(made, judge, desk.ago(7))
        elif n == 1:
            desk.numbered(made, desk.ago(6))


def _fine(case: Told) -> tuple[str, dict[str, str]]:
    return "fine_decision", {
        "person": case.debtor,
        "facts": "收到报告财产令后逾期不报告财产，经催告仍拒不报告。",
        "amount": "8000000" if "公司" in case.debtor else "300000",
    }


def _detention(case: Told) -> tuple[str, dict[str, str]]:
    facts = "擅自处分已被查封的车辆，所得款项用于个人消费，经责令拒不追回。"
    return "detention_decision", {"person": case.debtor, "facts": facts, "days": "10"}


def _summons(case: Told) -> tuple[str, dict[str, str]]:
    facts = "两次传票均由本人签收，届时未到且未说明理由。"
    return "summons", {"person": case.debtor, "facts": facts, "place": "本院执行指挥中心询问室"}


def _coercive(desk: PaperDesk, fined: Sequence[Told], people: Sequence[Told]) -> None:
    """Fines, detentions, a summons: approved, waiting for the president, returned, a draft."""
    president = desk.holder(Post.PRESIDENT)
    made = [(case, *_fine(case)) for case in fined]
    made += [(case, *_detention(case)) for case in people[:2]]
    made += [(case, *_summons(case)) for case in people[2:]]
    for n, (case, kind, values) in enumerate(made):
        judge, day = desk.team_of(case).handlers[0], desk.ago(8 - n)
        if kind == "fine_decision":
            values |= {"pay_by": desk.world.days.after(desk.today, 14).isoformat()}
        paper = desk.draft(kind, values, judge, day, case=case)
        if kind == "summons":
            continue
        desk.send(paper, judge, day)
        if n == 0:
            desk.approved(paper, president, desk.ago(5))
        elif n == 1:
            why = "事实部分请写明催告的日期和方式。"
            desk.returned(paper, president, desk.ago(3), why)


def _handover(desk: PaperDesk, case: Told) -> None:
    judge = desk.team_of(case).handlers[0]
    values = {
        "receiver": "执行裁决团队",
        "reason": "案外人就查封房屋提出书面异议，依法移送审查。",
        "papers": "正卷一册八十六页、副卷一册、查封清单一份、异议申请及证据十二页。",
        "open_matters": "评估报告尚未送达；申请执行人要求优先处置车辆。",
    }
    made = desk.draft("handover_sheet", values, judge, desk.ago(2), case=case)
    desk.send(made, judge, desk.ago(2))


def _announcement(desk: PaperDesk, cases: Sequence[Told]) -> None:
    """公告 in a case where service in person and by post had failed."""
    named = {
        str(row[0])
        for row in desk.connection.exec_driver_sql(
            "select case_id from node_event where kind = 'announcement_made'"
        )
    }
    case = next((one for one in cases if one.case_id in named), cases[0])
    judge = desk.team_of(case).handlers[0]
    event = table("node_event")
    for kind, days in (("service_failed_direct", 24), ("service_failed_mail", 19)):
        values = {"id": desk.world.ids(), "case_id": case.case_id, "kind": kind}
        on = desk.ago(days).isoformat()
        desk.connection.execute(insert(event).values(**values, on=on, actor_id=judge.id))
    papers_named = {"papers": "执行通知书、报告财产令、限制消费令"}
    made = desk.draft("announcement", papers_named, judge, desk.ago(16), case=case)
    desk.send(made, judge, desk.ago(16))
    desk.signed(made, judge, desk.ago(15))


def _powers(desk: PaperDesk) -> None:
    """A delegation in force from next week, one proposed; a change of the matrix that waits."""
    president, vice = desk.holder(Post.PRESIDENT), desk.world.staff.vice_presidents[HOME]
    deputy, year = desk.holder(Post.DEPUTY_CHIEF), desk.today.year
    first = desk.today + timedelta(days=3)
    stands = Power(
        *(desk.chief.id, deputy.id, Post.BUREAU_CHIEF, first, first + timedelta(days=6)),
        document_no=f"洛中法授〔{year}〕11号",
    )
    made = delegate(desk.connection, stands)
    settle_power(desk.connection, Verdict(made, True, president.id, desk.at(desk.ago(2))))
    later = first + timedelta(days=12)
    asked = Power(
        *(president.id, vice.id, Post.PRESIDENT, later, later + timedelta(days=4)),
        document_no=f"洛中法授〔{year}〕12号",
    )
    delegate(desk.connection, asked)
    steps = (
        (Stage.DRAFT, "group:petition.deputy,group:petition.member"),
        (Stage.REVIEW, "group:petition.leader"),
        (Stage.SIGN, "post:bureau_chief,post:deputy_chief"),
    )
    change = Change(
        document="reply_letter",
        steps=steps,
        valid_from=desk.today + timedelta(days=20),
        valid_to=None,
        basis="执行局局务会议纪要：副局长可签发一般复函",
        person_id=desk.group(TeamKind.PETITION).leader.id,
        at=desk.at(desk.ago(1)),
    )
    propose(desk.connection, change)
