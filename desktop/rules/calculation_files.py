"""Questions to the calculators out of JSON: strict, refused with one sentence. Pure; any thread.

Amounts are decimals as text ("1032.50"; a whole number may stand bare), rates too ("0.06" or
"6%", or one that follows a published rate: "LPR 1Y × 4"), days 2017-03-31. What is missing,
unknown, doubled or impossible raises InputError, whose sentence names the field as
principal[0].amount, counted from 0.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from desktop.rules.currencies import CURRENCIES, RATE_MAX, to_rmb
from desktop.rules.day_count import BASES, basis_of
from desktop.rules.debt import (
    COSTS,
    DEBT,
    PENALTY,
    RMB,
    Conversion,
    Debt,
    GeneralRate,
    Instalment,
    Payment,
    Suspension,
)
from desktop.rules.distribution import Claim, Cost, Pool
from desktop.rules.distribution_law import DEBTORS, KINDS, SEIZURE, PlanLaw, plan_law_on
from desktop.rules.interest_law import PER, InterestLaw
from desktop.rules.money import (
    AMOUNT_FEN_MAX,
    InputError,
    decimal_text,
    fen_of,
    quoted,
    rate_of,
)
from desktop.rules.periods import ONE_DAY
from desktop.rules.reference_rates import UnknownRateError, pieces, reference_of

ROWS_MAX: Final = 500
CLAIMS_MAX: Final = 100_000
TEXT_MAX: Final = 200
RANK_MAX: Final = 1_000_000
PRINCIPAL_KINDS: Final = (DEBT, PENALTY, COSTS)
_YEARS: Final = (1900, 2200)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS_MAX: Final = 18
_WHOLE: Final = "文件"
_BLANK: Final = "（空名）"
_PER_NAMES: Final = {"day": "日", "month": "月", "year": "年"}


@dataclass(frozen=True, slots=True)
class _Bare:
    """A number that JSON would have made inexact, as it was written."""

    text: str


def read_json(text: str) -> object:
    """The text as JSON, numbers with a point kept as they are. Raises InputError."""

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        made: dict[str, object] = {}
        for key, value in found:
            if key in made:
                raise InputError(_shown(key) or _BLANK, "同一对象中写了两次")
            made[key] = value
        return made

    def whole(digits: str) -> object:
        return int(digits) if len(digits) <= _DIGITS_MAX else _Bare(digits)

    try:
        made: object = json.loads(
            text, parse_float=_Bare, parse_int=whole, parse_constant=_Bare, object_pairs_hook=pairs
        )
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列"
        raise InputError(_WHOLE, f"不是有效的 JSON（{where}）") from None
    except RecursionError:
        raise InputError(_WHOLE, "JSON 的层次过深") from None
    return made


class _Row:
    """One JSON object; `keys` are all it may hold, of which `optional` may be left out."""

    def __init__(
        self, value: object, path: str, keys: Collection[str], optional: Collection[str] = ()
    ) -> None:
        if not isinstance(value, dict):
            raise InputError(path or _WHOLE, f"应为对象，含 {'、'.join(keys)}")
        self._values: Mapping[str, object] = value
        self._path = path
        for key in value:
            if key not in keys:
                raise InputError(self.field(_shown(key) or _BLANK), "不认识的字段")
        for key in keys:
            if key not in value and key not in optional:
                raise InputError(self.field(key), "缺少该字段")

    def field(self, key: str) -> str:
        """The key as sentences name it."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Whether the key is written at all."""
        return key in self._values

    def get(self, key: str) -> object:
        """The raw value, None where it is not written."""
        return self._values.get(key)

    def text(self, key: str) -> str:
        """A text that is not blank."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InputError(self.field(key), "须填写文字")
        if len(value) > TEXT_MAX or not value.isprintable():
            raise InputError(self.field(key), f"文字过长（至多 {TEXT_MAX} 字）或含不可见字符")
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of `allowed`."""
        value = self.get(key)
        if not isinstance(value, str) or value not in allowed:
            raise InputError(self.field(key), f"“{_shown(value)}”应为 {'、'.join(allowed)} 之一")
        return value

    def amount(self, key: str) -> int:
        """An amount in fen."""
        value = self.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            reason = f'“{_shown(value)}”不是金额，应写作带引号的 "1032.50"'
            raise InputError(self.field(key), reason)
        return fen_of(value, self.field(key))

    def day(self, key: str) -> date:
        """A day."""
        value = self.get(key)
        try:
            if not isinstance(value, str) or not _DAY.fullmatch(value):
                raise ValueError(value)
            found = date.fromisoformat(value)
        except ValueError:
            reason = f"“{_shown(value)}”不是日期，应写作 2017-03-31"
            raise InputError(self.field(key), reason) from None
        if not _YEARS[0] <= found.year <= _YEARS[1]:
            raise InputError(self.field(key), f"年份应在 {_YEARS[0]} 与 {_YEARS[1]} 之间")
        return found

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self.get(key)
        if not isinstance(value, bool):
            raise InputError(self.field(key), f"“{_shown(value)}”应为 true 或 false")
        return value

    def rows(
        self, key: str, keys: Collection[str], optional: Collection[str] = (), most: int = ROWS_MAX
    ) -> "list[_Row]":
        """The objects of a list; empty when it is not written."""
        value = self.get(key)
        if not self.has(key):
            return []
        if not isinstance(value, list):
            raise InputError(self.field(key), "应为列表")
        if len(value) > most:
            raise InputError(self.field(key), f"至多 {most} 项，现为 {len(value)} 项")
        return [
            _Row(one, f"{self.field(key)}[{place}]", keys, optional)
            for place, one in enumerate(value)
        ]


def read_debt(value: object, law: InterestLaw) -> Debt:
    """The debt of an interest question. Raises InputError.

    Beside the four lists and `until`: `costs_in_base` (needed where a principal is of the kind
    "costs"), `currency`, and `mid_rate` at each principal to have it turned into RMB first.
    """
    lists = ("principal", "payments", "suspensions", "general")
    more = ("costs_in_base", "currency")
    whole = _Row(value, "", (*lists, "until", *more), (*lists[1:], *more))
    rows = whole.rows("principal", ("amount", "due", "kind", "mid_rate"), ("kind", "mid_rate"))
    if not rows:
        raise InputError("principal", "至少须有一项")
    currency = whole.choice("currency", CURRENCIES) if whole.has("currency") else RMB
    given = tuple(_instalment(row, law, foreign=currency != RMB) for row in rows)
    principal, converted = _in_rmb(rows, given, currency)
    in_base = _in_base(whole, given)
    first, until = min(one.due for one in principal), whole.day("until")
    if until < first:
        raise InputError("until", f"{until} 早于最早的履行期间届满日 {first}")
    keys = ("rate", "per", "basis", "from", "to")
    general = whole.rows("general", keys, ("basis", "to"))
    if general and converted:
        reason = "折合人民币的只计加倍部分；一般债务利息仍以外币计算，请另算"
        raise InputError("general", reason)
    return Debt(
        principal=principal,
        payments=tuple(
            _payment(row, first, until) for row in whole.rows("payments", ("on", "amount"))
        ),
        suspensions=tuple(
            _suspension(row)
            for row in whole.rows("suspensions", ("from", "to", "at_debtor_request"))
        ),
        general=tuple(
            piece for item, row in enumerate(general) for piece in _general(row, item, until, law)
        ),
        until=until,
        costs_in_base=in_base,
        currency=RMB if converted else currency,
        converted=converted,
    )


def _instalment(row: _Row, law: InterestLaw, *, foreign: bool) -> Instalment:
    amount, due = row.amount("amount"), row.day("due")
    kind = row.choice("kind", PRINCIPAL_KINDS) if row.has("kind") else DEBT
    if due < law.first_day:
        reason = f"没有 {law.first_day.isoformat()} 以前的规则和利率"
        raise InputError(row.field("due"), reason)
    if foreign:
        since = law.doubled[-1].valid_from
        if due < since - ONE_DAY:
            reason = f"没有 {since.isoformat()} 以前外币债务的规则"
            raise InputError(row.field("due"), reason)
    return Instalment(amount, due, kind)


def _in_rmb(
    rows: "list[_Row]", given: tuple[Instalment, ...], currency: str
) -> tuple[tuple[Instalment, ...], tuple[Conversion, ...]]:
    """The sums at the middle rates that the rows name; as they are where none does."""
    if not any(row.get("mid_rate") is not None for row in rows):
        return given, ()
    found = []
    for row, one in zip(rows, given, strict=True):
        if currency == RMB:
            raise InputError(row.field("mid_rate"), "人民币债务没有中间价，请先写明 currency")
        text = row.get("mid_rate")
        rate = rate_of(text) if isinstance(text, str) and "%" not in text else None
        if rate is None or not 0 < rate <= RATE_MAX:
            reason = f"“{_shown(text)}”不是 1 {CURRENCIES[currency]}折合人民币的元数，应写作 6.8993"
            raise InputError(row.field("mid_rate"), reason)
        fen = to_rmb(one.amount_fen, rate)
        found.append(Conversion(currency, one.amount_fen, rate, one.due, fen))
        if found[-1].fen > AMOUNT_FEN_MAX:
            raise InputError(row.field("mid_rate"), "折合后的金额超过上限")
    pairs = zip(given, found, strict=True)
    return tuple(replace(one, amount_fen=made.fen) for one, made in pairs), tuple(found)


def _in_base(whole: _Row, given: tuple[Instalment, ...]) -> bool:
    if whole.get("costs_in_base") is None:
        if any(one.kind == COSTS for one in given):
            reason = "诉讼费用应否计入加倍部分的基数各地不一，本案须写明 true 或 false"
            raise InputError("costs_in_base", reason)
        return False
    return whole.flag("costs_in_base")


def _payment(row: _Row, first: date, until: date) -> Payment:
    on = row.day("on")
    if on < first:
        reason = f"付款日 {on} 早于最早的履行期间届满日 {first}，此前的付款应先从本金中扣除"
        raise InputError(row.field("on"), reason)
    if on > until:
        raise InputError(row.field("on"), f"付款日 {on} 晚于计算截止日 {until}")
    return Payment(on, row.amount("amount"), row.field("amount").removesuffix(".amount"))


def _suspension(row: _Row) -> Suspension:
    first, last = row.day("from"), row.day("to")
    if last < first:
        raise InputError(row.field("to"), f"止日 {last} 早于起日 {first}")
    return Suspension(first, last, row.flag("at_debtor_request"))


def _general(row: _Row, item: int, until: date, law: InterestLaw) -> tuple[GeneralRate, ...]:
    """One rate, or the stretches of one that follows a published rate."""
    per = row.choice("per", PER)
    text = row.get("rate")
    asked = reference_of(text) if isinstance(text, str) else None
    rate = Fraction(0) if asked is not None else _plain_rate(row, per, law)
    if asked is not None and per != "year":
        raise InputError(row.field("per"), "LPR 和贷款基准利率为年利率，应为 year")
    given = row.get("basis")
    basis = basis_of(per, "" if given is None else str(given))
    if basis is None or isinstance(given, bool | float):
        known = "、".join(one for one in BASES[per] if one)
        reason = f"“{_shown(given)}”不是{_PER_NAMES[per]}利率的计息基数，应为 {known} 之一"
        raise InputError(row.field("basis"), reason)
    start = row.day("from")
    end = row.day("to") if row.get("to") is not None else until
    if start > until:
        raise InputError(row.field("from"), f"起日 {start} 晚于计算截止日 {until}")
    if end < start:
        raise InputError(row.field("to"), f"止日 {end} 早于起日 {start}")
    end = min(end, until)
    if asked is None:
        return (GeneralRate(rate, per, basis, start, end, item),)
    try:
        found = pieces(asked, start, end, law)
    except UnknownRateError as error:
        raise InputError(row.field("rate"), str(error)) from None
    return tuple(
        GeneralRate(one.rate, per, basis, one.start, one.end, item, one.label) for one in found
    )


def _plain_rate(row: _Row, per: str, law: InterestLaw) -> Fraction:
    text = row.get("rate")
    rate = rate_of(text) if isinstance(text, str) else None
    if rate is None:
        reason = f'“{_shown(text)}”不是利率，应写作 "0.06"、"6%" 或 "LPR 1Y × 4"'
        raise InputError(row.field("rate"), reason)
    most = law.general.most[per]
    if rate > most:
        percent = decimal_text(rate * 100)
        reason = f"{_PER_NAMES[per]}利率 {percent}% 超过 {decimal_text(most * 100)}%，疑为笔误"
        raise InputError(row.field("rate"), reason)
    return rate


def read_pool(value: object, day: date) -> tuple[Pool, PlanLaw]:
    """The pool of a distribution, and the order of `day` for its debtor. Raises InputError, and
    UserError where no order is known.

    Where the law goes by seizures, a claim has to say its rank, null for one that seized nothing.
    """
    whole = _Row(value, "", ("pool", "debtor", "costs", "claims"), ("costs",))
    debtor = whole.choice("debtor", tuple(DEBTORS))
    law = plan_law_on(debtor, day)
    seized = {stage.what for stage in law.stages if stage.how == SEIZURE}
    pool = whole.amount("pool")
    names: set[str] = set()
    costs = []
    for row in whole.rows("costs", ("name", "amount")):
        costs.append(Cost(_unique(row, "name", names), row.amount("amount")))
    ids: set[str] = set()
    claims = []
    keys = ("id", "kind", "amount", "seizure_rank")
    for row in whole.rows("claims", keys, ("seizure_rank",), CLAIMS_MAX):
        name, kind = _unique(row, "id", ids), row.choice("kind", KINDS)
        rank = _rank(row, needed=kind in seized)
        claims.append(Claim(name, kind, row.amount("amount"), rank))
    return Pool(pool, debtor, tuple(costs), tuple(claims)), law


def _unique(row: _Row, key: str, known: set[str]) -> str:
    name = row.text(key)
    if name in known:
        raise InputError(row.field(key), f"“{_shown(name)}”重复")
    known.add(name)
    return name


def _rank(row: _Row, *, needed: bool) -> int | None:
    value = row.get("seizure_rank")
    if needed and not row.has("seizure_rank"):
        reason = "按查封先后受偿的债权须写明查封顺位，未查封的写 null"
        raise InputError(row.field("seizure_rank"), reason)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= RANK_MAX:
        reason = f"“{_shown(value)}”应为整数，首封为 1，轮候依次为 2、3"
        raise InputError(row.field("seizure_rank"), reason)
    return value


def _shown(value: object) -> str:
    """A value in a sentence of one line, cut where it is long."""
    if isinstance(value, _Bare):
        value = value.text
    elif isinstance(value, dict | list):
        value = "对象" if isinstance(value, dict) else "列表"
    elif value is None or isinstance(value, bool):
        value = json.dumps(value)
    return quoted(str(value))
