"""A real replica with a court, its finance office and some cases; all invented."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from desktop.funds.statements import Line
from storage.ids import new_id
from storage.session import Session
from tests.storage.rows import add, case, court

CODE = "1705026009200000018{:04d}"
# Serial → (debtor, claim in fen); the first three have a virtual account.
CASES = {
    12: ("丁满仓", 8_600_000),
    13: ("洛阳鼎新商贸有限公司", 9_123_450),
    14: ("吴素珍", 50_000),
    15: ("郑巧玲", 1_700_000),
    16: ("韩长青", 4_812_377),
    17: ("郑巧玲", 2_340_000),
}


@dataclass
class Town:
    """Ids by serial and by name."""

    cases: dict[int, str]
    people: dict[str, str]

    def number(self, serial: int) -> str:
        return f"（2026）豫0302执{serial}号"


def build(connection: Connection, *, codes: tuple[int, ...] = (12, 13, 14)) -> Town:
    """Court, people, cases, parties; virtual accounts of the cases `codes`."""
    here = court(code="豫0302", name="某区人民法院", short_name="某区院")
    add(connection, "court", here)
    people = {}
    for name, post in (
        ("秦账", "finance"),
        ("裴核", "finance"),
        ("局长甲", "bureau_chief"),
        ("顾长风", "quota_judge"),
    ):
        people[name] = new_id()
        add(
            connection,
            "person",
            {"id": people[name], "court_id": here["id"], "name": name, "post": post},
        )
    town = Town({}, people)
    for serial, (debtor, claim) in CASES.items():
        row = case(
            here["id"],
            serial,
            number=town.number(serial),
            year=2026,
            filed_on="2026-03-01",
            claim_fen=claim,
        )
        add(connection, "case", row)
        add(
            connection,
            "party",
            {"id": new_id(), "case_id": row["id"], "role": "debtor", "name": debtor},
        )
        town.cases[serial] = row["id"]
    for serial in codes:
        code = CODE.format(serial)
        whose = {"id": new_id(), "case_id": town.cases[serial], "kind": "case", "code": code}
        add(connection, "fund", whose)
    return town


def founded(session: Session, **more: Any) -> Town:
    """The town in a write of its own."""
    with session.write("建案") as write:
        return build(write.connection, **more)


def lines() -> tuple[Line, ...]:
    """Two to virtual accounts, three with a proposal, two unknown, one pair that is equal."""
    made: list[tuple[str, int, str | None, str, str | None]] = [
        ("in", 8_600_000, "丁满仓", "案款", CODE.format(12)),
        ("in", 123_450, "洛阳鼎新商贸有限公司", "还款", CODE.format(13)),
        ("in", 50_000, "吴素珍", "案款", CODE.format(14)),
        ("in", 50_000, "吴素珍", "案款", CODE.format(14)),
        ("in", 1_700_000, "郑巧玲", "执行款", None),
        ("in", 300_000, "赵来福", "２０２６豫０３０２执１６号代韩长青", None),
        ("in", 777, "路人乙", "货款", None),
        ("in", 500_000, "郑巧玲", "执行款", None),
    ]
    return tuple(
        Line(n, "2026-11-26", way, fen, None, name, None, text, code, f"20261126{n:06d}")  # type: ignore[arg-type]
        for n, (way, fen, name, text, code) in enumerate(made, 1)
    )
