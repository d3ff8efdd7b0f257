"""Lines whose owner is known, made by rules of their own, with the traps of a court's account.

A seeded city: namesakes, companies of nearly one name, debtors with several cases, equal and
nearly equal claims. Its payers write numbers whole, short or wrong (two digits changed places, one
wrong), pay by agents, for two cases at once, or in two transfers; some lines are nobody's.
The solver's weights stand elsewhere and are not read here.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from desktop.funds.evidence import LineFacts
from storage.ids import new_id

TODAY = date(2026, 11, 20)
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英玉兰建国志红梅春雨文博思远"
PLACES = ("洛阳", "洛阳市", "河南", "河南省", "郑州", "新安县", "偃师")
WORDS = "鸿运 恒达 金泰 瑞丰 宏图 中原 盛世 华瑞 联创 佳禾 安顺 顺达 新源 天成 博远 德润 永信 嘉和"
LINES = "商贸 建筑 置业 机械制造 物流 装饰工程 科技 农业发展 餐饮管理 劳务"
ENDS = ("有限公司", "有限责任公司", "股份有限公司")


@dataclass
class Made:
    """A case of the city as its payers know it."""

    id: str
    number: str
    serial: int
    year: int
    court: str
    claim: int
    debtor: str
    applicant: str
    filed: date
    closed: bool = False


@dataclass
class City:
    """All cases, and lines with what they are really for (case → fen; empty for nobody)."""

    cases: list[Made] = field(default_factory=list)
    lines: list[LineFacts] = field(default_factory=list)
    truth: dict[str, dict[str, int]] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)


def person(rng: random.Random) -> str:
    return rng.choice(FAMILY) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))


def company(rng: random.Random) -> str:
    word = rng.choice(WORDS.split()) + rng.choice(("", "", rng.choice("一二东西新永")))
    return rng.choice(PLACES) + word + rng.choice(LINES.split()) + rng.choice(ENDS)


def amount(rng: random.Random) -> int:
    """In fen: often round, as debts are."""
    way = rng.random()
    if way < 0.35:
        return rng.randrange(1, 60) * 1_000_000
    if way < 0.6:
        return rng.randrange(10, 3_000) * 10_000
    return rng.randrange(100_000, 90_000_000)


def build(connection: Connection, rng: random.Random, count: int) -> City:
    """Courts, cases and parties into the store; some have paid before."""
    city = City()
    run = connection.exec_driver_sql
    courts = []
    for code in ("豫0302", "豫0303", "豫0311", "豫0323"):
        courts.append((new_id(), code))
        run(
            "insert into court (id, code, name, short_name) values (?, ?, ?, ?)",
            (*courts[-1], f"{code}院", code),
        )
    pool = [person(rng) for _ in range(count // 8)] + [company(rng) for _ in range(count // 8)]
    serials: dict[tuple[str, int], int] = {}
    for _ in range(count):
        court_id, code = rng.choice(courts)
        year = rng.choice((2024, 2025, 2026, 2026))
        serial = serials.get((code, year), rng.randrange(1, 30)) + rng.choice((1, 1, 1, 2, 9))
        serials[(code, year)] = serial
        filed = date(year, 1, 5) + timedelta(days=rng.randrange(300 if year == 2026 else 350))
        # A third have a debtor out of a small pool: namesakes, and debtors of several cases.
        debtor = rng.choice(pool) if rng.random() < 0.35 else rng.choice((person, company))(rng)
        claim = amount(rng)
        if city.cases and rng.random() < 0.1:  # equal and nearly equal claims
            claim = max(rng.choice(city.cases).claim + rng.choice((0, 0, 1, -1, 10, 1_000)), 100)
        made = Made(
            new_id(),
            f"（{year}）{code}执{serial}号",
            serial,
            year,
            code,
            claim,
            debtor,
            rng.choice((person, company))(rng),
            filed,
        )
        made.closed = rng.random() < 0.25 and filed < TODAY - timedelta(days=120)
        city.cases.append(made)
        run(
            'insert into "case" (id, number, court_id, year, type_word, serial, filed_on,'
            " closed_on, claim_fen) values (?, ?, ?, ?, '执', ?, ?, ?, ?)",
            (
                made.id,
                made.number,
                court_id,
                year,
                serial,
                filed.isoformat(),
                (filed + timedelta(days=100)).isoformat() if made.closed else None,
                claim,
            ),
        )
        for role, name in (("debtor", debtor), ("applicant", made.applicant)):
            run(
                "insert into party (id, case_id, role, name, kind) values (?, ?, ?, ?, ?)",
                (new_id(), made.id, role, name, "enterprise" if len(name) > 4 else "natural"),
            )
    return city


def slip(rng: random.Random, serial: int) -> int:
    """A serial with two digits changed places, or one wrong."""
    text = list(str(serial))
    if len(text) > 1 and rng.random() < 0.7:
        n = rng.randrange(len(text) - 1)
        text[n], text[n + 1] = text[n + 1], text[n]
    else:
        text[rng.randrange(len(text))] = str(rng.randrange(1, 10))
    return int("".join(text).lstrip("0") or "1")


def written(rng: random.Random, made: Made, serial: int | None = None) -> str:
    """A number as payers write it."""
    n = made.serial if serial is None else serial
    wide = str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return rng.choice(
        (
            f"（{made.year}）{made.court}执{n}号",
            f"({made.year}){made.court}执{n}号",
            f"{made.year}{made.court}执{n}号",
            f"〔{made.year}〕{made.court}执{wide}号",
            f"（{made.year}） {made.court} 执 {n} 号",
            f"{made.year}执{n}号",
            f"{made.court}执{n}",
            f"{made.year}年{made.court}执字第{n}号",
        )
    )


def short_name(rng: random.Random, name: str) -> str:
    """A company without its legal form, perhaps without its place."""
    for end in sorted(ENDS, key=len, reverse=True):
        name = name.removesuffix(end)
    if rng.random() < 0.6:
        for place in sorted(PLACES, key=len, reverse=True):
            if name.startswith(place):
                return name[len(place) :]
    return name


def typo(rng: random.Random, name: str) -> str:
    n = rng.randrange(2, len(name) - 4)
    return name[:n] + rng.choice("宏洪红达大泰太信鑫") + name[n + 1 :]


class Payers:
    """Makes the lines."""

    def __init__(self, rng: random.Random, city: City) -> None:
        self.rng, self.city = rng, city
        self.by_debtor: dict[str, list[Made]] = {}
        for made in city.cases:
            self.by_debtor.setdefault(made.debtor, []).append(made)

    def line(
        self, kind: str, truth: dict[str, int], fen: int, name: str, text: str, account: str = ""
    ) -> LineFacts:
        # Never before the case that is paid was filed.
        first = max(
            [made.filed for made in self.city.cases if made.id in truth], default=date(2026, 1, 5)
        )
        span = max((TODAY - max(first, date(2026, 9, 1))).days, 1)
        on = TODAY - timedelta(days=self.rng.randrange(span))
        made = LineFacts(new_id(), on.isoformat(), fen, name, account, text)
        self.city.lines.append(made)
        self.city.truth[made.id] = truth
        self.city.kind[made.id] = kind
        return made

    def sum_of(self, made: Made) -> int:
        """What is paid for a case: all of it, a round part, or anything."""
        way = self.rng.random()
        if way < 0.45:
            return made.claim
        if way < 0.75:
            return min(self.rng.randrange(1, 40) * 50_000, made.claim)
        return self.rng.randrange(1_000, max(made.claim, 2_000))

    def make(self) -> None:
        """One payment."""
        rng = self.rng
        made = rng.choice(self.city.cases)
        if made.closed and rng.random() < 0.8:
            return
        fen = self.sum_of(made)
        one = {made.id: fen}
        way = rng.random()
        remark = rng.choice(("案款", "执行款", "还款", "", "货款"))
        if way < 0.3:
            self.line("number", one, fen, made.debtor, written(rng, made) + remark)
        elif way < 0.4:
            agent = person(rng)
            self.line("agent", one, fen, agent, written(rng, made) + f"代{made.debtor}{remark}")
        elif way < 0.45:
            self.line("agent bare", one, fen, person(rng), written(rng, made) + remark)
        elif way < 0.57:
            wrong = written(rng, made, slip(rng, made.serial))
            payer = made.debtor if rng.random() < 0.75 else person(rng)
            self.line("slip", one, fen, payer, wrong + remark)
        elif way < 0.72:
            self.line("name", one, fen, made.debtor, remark)
        elif way < 0.77:
            self.line("named", one, fen, person(rng), f"{made.debtor}{remark}")
        elif way < 0.83 and len(made.debtor) > 8:
            payer = short_name(rng, made.debtor) if rng.random() < 0.6 else typo(rng, made.debtor)
            self.line("alike", one, fen, payer, remark)
        elif way < 0.87:
            self.several(made, remark)
        elif way < 0.91:
            self.parts(made, remark)
        else:
            self.nobody(remark)

    def several(self, made: Made, remark: str) -> None:
        """One transfer for all of a debtor's cases, or two of them."""
        mine = [one for one in self.by_debtor[made.debtor] if not one.closed]
        if len(mine) < 2:
            return
        some = self.rng.sample(mine, 2)
        truth = {one.id: one.claim for one in some}
        self.line("several", truth, sum(truth.values()), made.debtor, remark)

    def parts(self, made: Made, remark: str) -> None:
        """Two transfers for one case, by an agent or by the debtor."""
        rng = self.rng
        if made.claim < 1_000:
            return
        first = rng.randrange(1, made.claim)
        payer = made.debtor if rng.random() < 0.7 else person(rng)
        account = str(rng.randrange(10**15, 10**16))
        for fen in (first, made.claim - first):
            self.line("parts", {made.id: fen}, fen, payer, remark, account)

    def nobody(self, remark: str) -> None:
        """Money of no case: a stranger, a namesake, or a number of another court."""
        rng = self.rng
        name = rng.choice((person(rng), company(rng), rng.choice(self.city.cases).debtor))
        text = rng.choice((remark, f"（2026）豫0305执{rng.randrange(1, 900)}号"))
        self.line("nobody", {}, amount(rng), name, text)


def payments(rng: random.Random, city: City, count: int) -> None:
    """So many lines, more or less."""
    payers = Payers(rng, city)
    while len(city.lines) < count:
        payers.make()
