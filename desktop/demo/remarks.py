"""Public opinion items, briefs and notes of the demo city, in every state. Pure; all invented."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.staff import Member
from desktop.demo.story import Late, World
from storage.records.people import Post

MATTER_COLUMNS: Final = (
    *("id", "kind", "title", "case_id", "maker_id", "raised_on", "source", "link", "tone", "heat"),
    *("body", "advice", "asked_of", "submitted_on", "owner_id", "due_on", "answer", "answered_by"),
    *("answered_on", "result", "closed_on", "closed_by"),
)
ACT_COLUMNS: Final = ("id", "matter_id", "kind", "at", "person_id", "to_person", "due_on", "body")
NOTE_COLUMNS: Final = (
    *("id", "about", "about_id", "case_id", "team_only", "kind", "body", "author_id", "at"),
    *("from_id", "to_id"),
)
MENTION_COLUMNS: Final = (
    *("id", "note_id", "person_id", "team_only", "read_at", "read_by", "acknowledged_at"),
)
_CITY: Final = "豫03"
_SALT: Final = 86
_HOURS: Final = {"raise": 9, "submit": 10}
Row = tuple[object, ...]

# Days ago it was found, title, source, tone, heat, words, days until the answer is due, answer.
_ITEMS: Final = (
    (5, "论坛发帖称房产查封后一年未拍卖", "本地论坛", "negative", 4,
     "发帖人称本案房产查封已逾一年，多次询问均答复“等待评估”，跟帖百余条。", 1, ""),
    (1, "短视频反映被执行人仍在高消费", "短视频平台", "negative", 5,
     "视频称被执行人名下公司仍在经营，本人多次乘坐高铁商务座，播放量较大。", 1, ""),
    (1, "网民留言咨询案款发放时间", "领导留言板", "neutral", 2,
     "留言人询问案款到账后几日内发放，语气平和。", 2, ""),
    (9, "自媒体转载涉执行拍卖的旧闻", "公众号", "neutral", 3,
     "转载内容为两年前的拍卖，未说明后续已撤拍。", 2,
     "已联系账号补充说明撤拍情况，并公布咨询电话。"),
    (20, "业主群传言查封影响办证", "微信群", "negative", 3,
     "传言小区因开发商涉执行案件全部被查封，实际仅查封未售房源。", 2,
     "已发布情况说明：仅查封未售房源，不影响已售房屋办证。"),
    (33, "媒体报道涉民生案件集中执行", "市级媒体", "positive", 3,
     "报道集中执行涉农民工工资案件的成效。", 2, ""),
)  # fmt: skip
# Days ago, title, asked of, problem, advice, decision, days since, result.
_BRIEFS: Final = (
    (12, "三家基层法院终本结案占比偏高", "party_group",
     "近四周三家基层法院终本结案占比高于控制上限，抽查发现部分案件未逐案核对查控反馈。",
     "一、对终本案件逐案核查，十个工作日内报结果。\n二、核查期间终本结案由中院指挥中心复核。",
     "同意，由执行局牵头，按期报结果。", 11, ""),
    (3, "网络查控反馈延迟影响首封", "vice_president",
     "部分银行反馈平均超过三个工作日，已有两案因此丧失首封顺位。",
     "与人民银行中心支行对接，建立超时反馈的点对点催办渠道。", "", 0, ""),
    (40, "信访件重复来访集中在六件案件", "president",
     "六件案件占全部重复来访的四成，均为涉房地产开发企业案件。",
     "六件案件由院领导包案，逐件制定化解方案。",
     "同意包案，名单另报。", 38, "六件已化解四件，其余两件已达成分期履行方案。"),
    (1, "执行法警警力不足", "president",
     "一季度以来外出执行任务增加三成，现有六名法警难以保障两组同时外出。",
     "商请政治部调剂两名法警到执行指挥中心。", "", 0, ""),
)  # fmt: skip
_NOTES: Final = (
    "@{name} 申请人来电称已找到被执行人新住址，请核对后录入线索。",
    "@{name} 该案节点已逾期，请说明原因并补录办理日志。",
    "@{name} 银行反馈与上次不一致，请再查一次账户余额。",
)
_PLAIN: Final = (
    "当事人约定下周二到院谈话，已告知携带财产申报表。",
    "评估机构来函，现场勘验改期。",
    "申请人同意先划拨已冻结的存款。",
)


@dataclass(slots=True)
class Remarks:
    """Rows by table, in the order of their columns above."""

    matters: list[Row] = field(default_factory=list)
    acts: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    mentions: list[Row] = field(default_factory=list)


class _Desk:
    """Who takes part, and the rows so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.today = world.days.today
        self.rng = Random(self.today.toordinal() * 31 + _SALT)
        self.rows = Remarks()
        court = world.staff.court_ids[_CITY]
        here = [row for row in world.staff.persons if row[1] == court]
        # The desk of a demo is that of the first operator, by id.
        operators = sorted(str(row[0]) for row in here if row[3] == Post.OPERATOR.value)
        self.me, self.others = operators[0], operators[1:]
        self.names = {str(row[0]): str(row[2]) for row in here}
        self.president = next(str(row[0]) for row in here if row[3] == Post.PRESIDENT.value)
        self.vice = world.staff.vice_presidents[_CITY].id
        self.chief = world.staff.chiefs[_CITY].id

    def ago(self, days: int) -> date:
        """A working day about so many days ago; never one to come."""
        return min(self.world.days.workday(self.today - timedelta(days=days)), self.today)

    def at(self, day: date, hour: int = 9) -> str:
        minute = self.rng.randrange(60)
        made = datetime(day.year, day.month, day.day, hour, minute, tzinfo=COURT_ZONE)
        return made.isoformat(timespec="milliseconds")

    def act(self, matter_id: str, kind: str, day: date, who: str, body: str = "") -> None:
        self.rows.acts.append(
            (
                *(self.world.ids(), matter_id, kind, self.at(day, _HOURS.get(kind, 16))),
                *(who, None, None, body),
            )
        )


def remarks(world: World) -> Remarks:
    """All of them; cases that are late get most of the talk."""
    desk = _Desk(world)
    late = sorted(world.late, key=lambda one: one.case_id)
    chosen = desk.rng.sample(late, min(len(late), 12))
    for place, item in enumerate(_ITEMS):
        _opinion(desk, item, chosen[place] if place < len(chosen) and place != 5 else None)
    for brief in _BRIEFS:
        _brief(desk, brief)
    for place, one in enumerate(chosen):
        _notes(desk, one, place)
    return desk.rows


def _opinion(
    desk: _Desk,
    item: tuple[int, str, str, str, int, str, int, str],
    about: Late | None,
) -> None:
    days, title, source, tone, heat, body, within, answer = item
    made, found_on = desk.world.ids(), desk.ago(days)
    due_on = desk.world.days.after(found_on, within)
    owner = desk.others[0]
    answered = min(due_on, desk.today) if answer else None
    closed = desk.ago(max(0, days - 6)) if days > 15 else None
    desk.act(made, "raise", found_on, desk.me)
    if answered is not None:
        desk.act(made, "reply", answered, owner, answer)
    if closed is not None:
        desk.act(made, "close", closed, desk.chief, "已平息，不再跟踪。")
    desk.rows.matters.append(
        (
            *(made, "opinion", title, None if about is None else about.case_id, desk.me),
            *(found_on.isoformat(), source, None, tone, heat, body, "", None, None),
            *(owner, due_on.isoformat(), answer or None, owner if answered else None),
            answered.isoformat() if answered else None,
            "已平息，不再跟踪。" if closed else None,
            *((closed.isoformat(), desk.chief) if closed else (None, None)),
        )
    )


def _brief(desk: _Desk, brief: tuple[int, str, str, str, str, str, int, str]) -> None:
    days, title, asked_of, body, advice, decision, since, result = brief
    made, raised = desk.world.ids(), desk.ago(days)
    maker = desk.others[1]
    submitted = raised if days > 1 else None
    decided = max(desk.ago(since), raised) if decision else None
    decider = desk.vice if asked_of == "vice_president" else desk.president
    due_on = None if decided is None else desk.world.days.after(decided, 8)
    closed = None if not result or due_on is None else min(due_on, desk.today)
    desk.act(made, "raise", raised, maker)
    if submitted is not None:
        desk.act(made, "submit", submitted, maker)
    if decided is not None:
        desk.act(made, "decide", decided, decider, decision)
    if closed is not None:
        desk.act(made, "close", closed, desk.chief, result)
    desk.rows.matters.append(
        (
            *(made, "brief", title, None, maker, raised.isoformat(), None, None, None, None),
            *(body, advice, asked_of, submitted.isoformat() if submitted else None),
            *((desk.chief, due_on.isoformat()) if due_on else (None, None)),
            *((decision, decider, decided.isoformat()) if decided else (None, None, None)),
            result or None,
            *((closed.isoformat(), desk.chief) if closed else (None, None)),
        )
    )


def _notes(desk: _Desk, late: Late, place: int) -> None:
    """A plain note by the handler, and every second case mentions somebody."""
    _note(desk, late, desk.rng.choice(_PLAIN), late.handler.id, place + 6)
    if place % 4 == 0:  # whoever sits at the desk of the demo
        _mentioning(desk, late, desk.me, late.handler, place)
    elif place % 4 == 2:
        _mentioning(desk, late, late.handler.id, Member(desk.me, desk.names[desk.me]), place)
    if place == 1:
        body = "本案由我处转交跟踪：来访人每周一来电，已答应本周五前回复查控结果。"
        made = _note(desk, late, body, desk.others[0], 1, to=desk.me)
        desk.rows.mentions.append((desk.world.ids(), made, desk.me, 0, None, None, None))


def _mentioning(desk: _Desk, late: Late, whom: str, by: Member, place: int) -> None:
    name = desk.names.get(whom, late.handler.name)
    body = _NOTES[place % len(_NOTES)].format(name=name)
    made = _note(desk, late, body, by.id, 1 + place // 3)
    read = desk.at(desk.today, 8) if place >= 8 else None
    desk.rows.mentions.append((desk.world.ids(), made, whom, 0, read, whom if read else None, None))


def _note(
    desk: _Desk, late: Late, body: str, author: str, days: int, *, to: str | None = None
) -> str:
    made = desk.world.ids()
    kind = "note" if to is None else "handover"
    desk.rows.notes.append(
        (
            *(made, "case", late.case_id, late.case_id, 0, kind, body, author),
            *(desk.at(desk.ago(days)), author if to else None, to),
        )
    )
    return made
