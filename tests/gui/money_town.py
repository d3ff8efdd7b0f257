"""A court with other people's money, in a real replica: months of receipts and payments by the
ledger's own requests, and the cases that today's statement of the bank is about. All invented."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.contract.context import Who
from desktop.funds.slips import DaySlipArgs, SlipPrint, day_slip, fill_day_slip, print_slip
from desktop.funds.statements.model import Line, Statement
from desktop.funds.statements.storing import store
from storage.ids import new_id
from storage.ledger.asking import ask
from storage.ledger.moments import ZONE, written_at
from storage.session import Session
from tests.gui.conftest import Rig
from tests.storage.rows import add, case, court

ACCOUNT = "03790000202699"
CODED, HINTED = 111, 5
TODAY = date(2026, 12, 1)
STATEMENT_DAY = date(2026, 11, 30)
FIRST = datetime(2026, 3, 2, 9, tzinfo=ZONE)
FEE_FEN = 2_000  # what the bank took and nobody has booked
CAST = {  # word -> (name, post)
    "clerk": ("程若水", "finance"),
    "second": ("顾松筠", "finance"),
    "third": ("魏听澜", "finance"),
    "chief": ("许照野", "bureau_chief"),
    "vice": ("唐疏桐", "vice_president"),
    "judge": ("周景行", "quota_judge"),
    "assistant": ("苏半夏", "judge_assistant"),
}


@dataclass
class Case:
    """A case as the test knows it."""

    id: str
    number: str
    applicant: str
    debtor: str
    code: str
    claim_fen: int


@dataclass
class Town:
    """Who and what there is; `orders`: id of an order by a word for what it is there for."""

    session: Session
    people: dict[str, str]
    cases: list[Case]
    orders: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    of: dict[str, Case] = field(default_factory=dict)
    balance_fen: int = 0
    slip_of_march: bytes = b""

    def sit(self, rig: Rig, who: str) -> None:
        """Somebody sits down at the desk."""
        name, post = CAST[who]
        rig.context.who = Who(self.people[who], name, post)

    def bank(self, day: date, *lines: Line) -> list[str]:
        """The bank's statement of a past day is read in; gives its lines."""
        self.balance_fen += sum(
            one.amount_fen if one.direction == "in" else -one.amount_fen for one in lines
        )
        seal = hashlib.sha256(f"{day}{lines}".encode()).hexdigest()
        told = ((day.isoformat(), self.balance_fen),)
        read = Statement(f"{day}.xlsx", seal, ACCOUNT, lines, None, self.balance_fen, told)
        with self.session.write("导入") as write:
            return list(store(write.connection, read).line_ids)

    def came(self, word: str, n: int, fen: int, on: date) -> Case:
        """Money of the n-th case came in on that day and was booked the same evening."""
        one = self.of[word] = self.cases[n]
        line = Line(
            2, on.isoformat(), "in", fen, party_name=one.debtor, text="执行款", reference=one.code
        )
        (line_id,) = self.bank(on, line)
        at = datetime.combine(on, time(18), ZONE)
        args = {"case_id": one.id, "amount_fen": fen, "payer": one.debtor, "line_id": line_id}
        self.asks("clerk", at, "receive", **args)
        return one

    def order(
        self, word: str, fen: int, at: datetime, upto: str = "paid", account: str = "0379629000001"
    ) -> str:
        """An order for the money of `word`, a day for each step up to `upto`; gives its id."""
        one, day = self.of[word], timedelta(days=1)
        args = {
            "case_id": one.id,
            "amount_fen": fen,
            "payee": one.applicant,
            "bank": "云岫银行",
            "account_no": account,
            "confirmed_on": at.date().isoformat(),
            "confirmed_by": one.applicant,
            "confirmed_how": "当面",
            "principal_fen": fen,
        }
        told = self.asks("judge", at, "disburse", **args)
        made = self.orders[word] = str(told["id"])
        self.numbers[word] = str(told["number"])
        sha = self.one("select content_sha256 from payment_order where id = ?", made)
        for who, stage in (("second", "fund_keeper"), ("chief", "bureau_chief")):
            if upto == stage:
                return made
            at += day
            self.asks(who, at, "pass_order", order_id=made, stage=stage, content_sha256=sha)
        if upto == "approved":
            return made
        self.asks("third", at + day, "send_order", order_id=made, batch="付-1", channel="file")
        (line_id,) = self.bank(
            (at + day).date(),
            Line(
                2,
                (at + day).date().isoformat(),
                "out",
                fen,
                party_name=one.applicant,
                reference=made,
            ),
        )
        args = {"order_id": made, "outcome": "paid", "line_id": line_id}
        self.asks("third", at + day + timedelta(hours=4), "answer_order", **args)
        return made

    def close(self, month: str, at: datetime) -> None:
        """A month of the past is closed."""
        self.asks("clerk", at, "close_month", month=month)
        self.asks("chief", at + timedelta(hours=1), "sign_month", month=month)

    def asks(self, who: str, at: datetime, kind: str, **args: Any) -> dict[str, Any]:
        """A wish of the past, or of now, that must be accepted; its facts, with its id."""
        with self.session.write("记账") as write, written_at(at):
            told = ask(write.connection, kind, args, by=self.people[who])
        assert told.answer is not None
        assert told.answer.accepted, (kind, told.answer, args)
        return {**told.answer.facts, "id": told.request_id}

    def tries(self, who: str, kind: str, **args: Any) -> tuple[str, dict[str, Any]]:
        """A raw call of today that must be refused: code and facts."""
        with self.session.write("记账") as write:
            told = ask(write.connection, kind, args, by=self.people[who])
        assert told.answer is not None
        assert not told.answer.accepted, (kind, told.answer)
        return told.answer.code, told.answer.facts

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the replica as they are stored."""
        with self.session.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

    def one(self, sql: str, *values: object) -> Any:
        """The one value."""
        ((value,),) = self.rows(sql, *values)
        return value


def settle_town(session: Session, folder: Path) -> Town:
    """The court, its people and cases, and what happened there until this morning."""
    made = court(code="豫0399", name="示范市人民法院", short_name="示范法院")
    people = {word: new_id() for word in CAST}
    cases = [_case(n) for n in range(CODED + HINTED)]
    with session.write("演示数据") as write:
        to = write.connection
        add(to, "court", made)
        add(to, "person", *(_person(people[w], made["id"], *CAST[w]) for w in CAST))
        for one in cases:
            _open(to, one, made["id"], people["judge"])
    town = Town(session, people, cases)
    for one in cases:
        town.asks("clerk", FIRST, "open_account", case_id=one.id, code=one.code)
    _past(town, folder)
    return town


def _past(town: Town, folder: Path) -> None:
    """In the order of days: what lies where on the first of December."""
    town.came("slip", 10, 8_600_000, date(2026, 3, 12))
    town.came("slip", 10, 1_400_000, date(2026, 3, 20))
    _print_slip(town, datetime(2026, 3, 31, 18, tzinfo=ZONE), folder / "余额单.pdf")
    town.close("2026-03", _at(2026, 4, 7))
    town.order("slip", 5_000_000, _at(2026, 4, 9))
    town.close("2026-04", _at(2026, 5, 7))
    town.came("wrong", 11, 6_000_000, date(2026, 10, 8))
    town.order("wrong", 6_000_000, _at(2026, 10, 9))
    town.came("differs", 12, 3_000_000, date(2026, 10, 14))
    town.order("differs", 1_000_000, _at(2026, 10, 15))
    town.came("red", 13, 5_200_000, date(2026, 10, 27))
    town.order("red", 5_200_000, _at(2026, 10, 29), "bureau_chief")
    town.close("2026-10", _at(2026, 11, 6))
    _unknown(town)
    town.came("amber", 14, 2_750_000, date(2026, 11, 17))
    town.came("both", 15, 1_880_000, date(2026, 11, 18))
    town.order("both", 1_880_000, _at(2026, 11, 19), "approved")
    town.came("cable", 16, 2_310_000, date(2026, 11, 23))
    town.order("cable", 2_310_000, _at(2026, 11, 24), "approved")
    fee = Line(2, "2026-11-25", "out", FEE_FEN, party_name="云岫银行", text="账户管理费")
    town.bank(date(2026, 11, 25), fee)
    town.came("direct", 17, 4_040_000, date(2026, 11, 26))
    town.order("direct", 4_040_000, _at(2026, 11, 27), "approved")


def _print_slip(town: Town, at: datetime, path: Path) -> None:
    """The balance slip of the case as it was printed on that evening."""
    with town.session.read() as connection:
        fund = "select id from fund where case_id = ? and kind = 'case'"
        fund_id = connection.exec_driver_sql(fund, (town.of["slip"].id,)).scalar_one()
        found = day_slip(connection, DaySlipArgs(str(fund_id), at.date(), at))
    print_slip(SlipPrint(fill_day_slip(found, at, CAST["clerk"][0]), path))
    town.slip_of_march = path.read_bytes()


def _unknown(town: Town) -> None:
    """Money of nobody, and the clerk's own request to give it back."""
    on = date(2026, 11, 10)
    line = Line(2, on.isoformat(), "in", 900_000, party_name="无名氏", text="转账")
    (line_id,) = town.bank(on, line)
    args = {"case_id": None, "amount_fen": 900_000, "payer": "无名氏", "line_id": line_id}
    town.asks("clerk", _at(2026, 11, 10), "receive", **args)
    remit = {
        "from": "unknown",
        "amount_fen": 900_000,
        "payee": "无名氏",
        "bank": "云岫银行",
        "account_no": "0379629000002",
        "confirmed_on": "2026-11-16",
        "confirmed_how": "书面",
    }
    told = town.asks("clerk", _at(2026, 11, 16), "remit", **remit)
    town.orders["own"], town.numbers["own"] = str(told["id"]), str(told["number"])


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=ZONE)


def _person(id_: str, court_id: str, name: str, post: str) -> dict[str, Any]:
    quota = int(post == "quota_judge")
    return {"id": id_, "court_id": court_id, "name": name, "post": post, "quota": quota}


def _case(n: int) -> Case:
    number = f"（2026）豫0399执{n + 1}号"
    applicant, debtor = f"申请人{_word(n)}", f"被执行人{_word(n)}"
    return Case(new_id(), number, applicant, debtor, f"{ACCOUNT}{n + 1:06d}", 8_000_000 + n * 1_357)


def _word(n: int) -> str:
    """A name of two characters that no two cases share."""
    one = "甲乙丙丁戊己庚辛壬癸子丑"
    return one[n // 12] + one[n % 12]


def _open(to: Connection, one: Case, court_id: str, handler_id: str) -> None:
    row = case(court_id, 0, id=one.id, number=one.number, claim_fen=one.claim_fen)
    serial = int(one.number.split("执")[1].rstrip("号"))
    add(to, "case", row | {"year": 2026, "serial": serial, "handler_id": handler_id})
    for role, name in (("applicant", one.applicant), ("debtor", one.debtor)):
        add(
            to,
            "party",
            {"id": new_id(), "case_id": one.id, "role": role, "name": name, "kind": "natural"},
        )
