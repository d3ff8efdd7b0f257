"""The steps of an interest count, so that a clerk can recount each one by hand. Pure.

One line for each stretch with one balance and one rate; a payment closes all lines before it.
Days run from the day after `first` to `last`; in general interest from `first` to the day before
`last`, which is the same number.
"""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from desktop.rules.currencies import conversion_step
from desktop.rules.day_count import between, words
from desktop.rules.debt import DEBT, Debt
from desktop.rules.interest_law import DEBT_FIRST, TOGETHER, DoubledLaw, InterestLaw, LoanRates
from desktop.rules.money import decimal_text, product_text, yuan_text
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK

GENERAL: Final = "general"
DOUBLED: Final = "doubled"
EXCLUDED: Final = "excluded"
PER_NAMES: Final = {"day": "日利率", "month": "月利率", "year": "年利率"}


@dataclass(frozen=True, slots=True)
class Totals:
    """All sums in fen; `left_fen` is principal that is still unpaid."""

    general_fen: int
    doubled_fen: int
    paid_general_fen: int
    paid_doubled_fen: int
    left_fen: int

    @property
    def unpaid_fen(self) -> int:
        """Everything that is still owed."""
        paid = self.paid_general_fen + self.paid_doubled_fen
        return self.left_fen + self.general_fen + self.doubled_fen - paid

    def to_json(self) -> dict[str, object]:
        """The three sums of the command line."""
        return {
            "doubled": yuan_text(self.doubled_fen),
            "general": yuan_text(self.general_fen),
            "total": yuan_text(self.doubled_fen + self.general_fen),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch: what was unpaid, at which rate, for how many days, and the product in fen.

    `number`: of the general rate it belongs to, from 0. `formula` is the rate with its days.
    """

    kind: str
    first: date
    last: date
    balance_fen: int
    rate: str
    formula: str
    amount: Fraction
    article: str
    why: str = ""
    number: int = 0

    @property
    def days(self) -> int:
        """How many days of the calendar lie in it."""
        return (self.last - self.first).days

    def to_json(self) -> dict[str, object]:
        """With decimals as text."""
        found: dict[str, object] = {
            "kind": self.kind,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "days": self.days,
            "principal": yuan_text(self.balance_fen),
            "rate": self.rate,
            "formula": self.formula,
            "amount": product_text(self.amount),
            "article": self.article,
            "why": self.why,
        }
        return {**found, "item": self.number} if self.kind == GENERAL else found


@dataclass(frozen=True, slots=True)
class Paid:
    """How the money of one day was used, in fen; `left_fen`: principal after it."""

    on: date
    money_fen: int
    general_fen: int
    principal_fen: int
    doubled_fen: int
    left_fen: int
    why: str = ""
    costs_fen: int = 0

    def to_json(self) -> dict[str, object]:
        """With decimals as text; `to_costs` only where there was something of it."""
        costs = {"to_costs": yuan_text(self.costs_fen)} if self.costs_fen else {}
        return {
            "kind": "payment",
            "on": self.on.isoformat(),
            "amount": yuan_text(self.money_fen),
            **costs,
            "to_general": yuan_text(self.general_fen),
            "to_principal": yuan_text(self.principal_fen),
            "to_doubled": yuan_text(self.doubled_fen),
            "left_principal": yuan_text(self.left_fen),
            "why": self.why,
        }


class Steps:
    """Collects the lines of a running balance in the order of its days."""

    def __init__(self, debt: Debt, law: InterestLaw) -> None:
        self.debt, self.law = debt, law
        self.rows: list[Line | Paid] = []
        self.laws: list[DoubledLaw] = []
        self.totals: Totals | None = None
        self._open: list[Line] = []
        self._last: dict[tuple[str, int], int] = {}  # places of the latest ones among them

    def general(self, number: int, first: date, last: date, balance: int) -> None:
        """A stretch of the general rate `number`."""
        one = self.debt.general[number]
        rate = decimal_text(one.rate, most=12)
        name = f"{PER_NAMES[one.per]}，{one.label}" if one.label else PER_NAMES[one.per]
        article = self.law.general.cited()
        line = Line(GENERAL, first, last, balance, rate, "", Fraction(0), article, name, one.item)
        line, place = self._joined(line, number)
        amount = balance * one.rate * between(one.per, one.basis, line.first, last)
        formula = f"{rate}×{words(one.per, one.basis, line.first, last)}"
        self._put(replace(line, amount=amount, formula=formula), place, number)

    def doubled(self, first: date, last: date, balance: int, law: DoubledLaw) -> None:
        """A stretch by a daily rate."""
        rate = decimal_text(law.rate, most=12)
        line = Line(DOUBLED, first, last, balance, rate, "", Fraction(0), law.cited(), "日利率")
        line, place = self._joined(line)
        amount = balance * law.rate * line.days
        self._put(replace(line, amount=amount, formula=f"{rate}×{line.days}"), place)
        self._used(law)

    def excluded(self, first: date, last: date, balance: int, law: DoubledLaw) -> None:
        """A stretch that is not charged."""
        why = "非因被执行人申请的审查、再审期间，不计"
        article = "法释〔2014〕8号第3条第3款"
        line = Line(EXCLUDED, first, last, balance, "0", "0", Fraction(0), article, why)
        self._put(*self._joined(line))
        self._used(law)

    def loans(
        self,
        late: list[tuple[date, date, LoanRates]],
        cleared: int,
        amount: Fraction | int,
        law: DoubledLaw,
        term: int,
    ) -> None:
        """What was cleared, or is left when a law ends, by the loan rates of its time.

        The last line takes what rounding left over, so that the lines add up to `amount`.
        """
        lines: list[Line] = []
        name = f"{self.law.term_name(term)}贷款基准利率"
        mark = UNCONFIRMED_MARK if self.law.loan_confidence == UNCONFIRMED else ""
        for start, last, loan in late:
            rate = loan.rates[term]
            joins = bool(lines) and lines[-1].rate == decimal_text(rate)
            first = lines.pop().first if joins else start
            days = (last - first).days
            product = cleared * rate * law.times * days / law.year_days
            text = decimal_text(rate)
            formula = f"{text}×{law.times}×{days}÷{law.year_days}"
            lines.append(
                Line(
                    *(DOUBLED, first, last, cleared, text, formula, product),
                    article=law.cited(),
                    why=name + mark,
                )
            )
        if lines:
            gap = amount - sum((line.amount for line in lines), Fraction(0))
            if gap:
                why = f"{lines[-1].why}；含并还计算至分的尾差"
                lines[-1] = replace(lines[-1], amount=lines[-1].amount + gap, why=why)
        self._open += lines
        self._used(law)

    def payment(self, paid: Paid, law: DoubledLaw) -> None:
        """Closes what ran up to the payment, and puts it down."""
        self._flush()
        costs = "先诉讼费用，再依次：" if paid.costs_fen else ""
        order = {
            DEBT_FIRST: f"先一般债务利息，次本金，后加倍部分（{law.version}第4条、民法典第561条）",
            TOGETHER: f"先一般债务利息，次本金与迟延履行利息并还（{law.cited()}）",
        }[law.order]
        self.rows.append(replace(paid, why=costs + order))
        self._used(law)

    def close(self, totals: Totals) -> None:
        """Nothing comes after this."""
        self._flush()
        self.totals = totals

    def to_json(self) -> list[dict[str, object]]:
        """Laws, suspensions, lines and payments, the sum."""
        found: list[dict[str, object]] = [
            {
                "kind": "rule",
                "version": law.version,
                "article": law.cited(),
                "source": law.source,
                "note": law.note,
            }
            for law in self.laws
        ]
        if self.debt.general:
            general = self.law.general
            about = {"article": general.cited(), "source": general.source, "note": general.note}
            found.append({"kind": "rule", "version": GENERAL, **about})
        if any(one.kind != DEBT for one in self.debt.principal):
            base = self.law.base
            about = {"article": base.cited(), "source": base.source, "note": base.note}
            found.append({"kind": "rule", "version": "base", **about})
        found += [conversion_step(one) for one in self.debt.converted]
        found += [
            {
                "kind": "suspension",
                "from": one.first.isoformat(),
                "to": one.last.isoformat(),
                "days": (one.last - one.first).days + 1,
                "counted": one.at_debtor_request,
                "why": suspension_words(one.at_debtor_request),
            }
            for one in sorted(self.debt.suspensions, key=lambda one: (one.first, one.last))
        ]
        found += [row.to_json() for row in self.rows]
        if self.totals is not None:
            found.append(_sum_step(self.totals))
        return found

    def _joined(self, line: Line, number: int = 0) -> tuple[Line, int]:
        """The line together with the one that it continues, and its place among the open ones;
        `number`: of the rate among those of the debt."""
        place = self._last.get((line.kind, number), len(self._open))
        if place < len(self._open):
            other = self._open[place]
            alike = (other.balance_fen, other.rate, other.article, other.why, other.last)
            if alike == (line.balance_fen, line.rate, line.article, line.why, line.first):
                return replace(line, first=other.first), place
        return line, len(self._open)

    def _put(self, line: Line, place: int, number: int = 0) -> None:
        self._open[place : place + 1] = [line]
        self._last[line.kind, number] = place

    def _flush(self) -> None:
        """General interest first, as payments do."""
        self._open.sort(key=lambda line: (line.kind != GENERAL, line.number))
        self.rows += self._open
        self._open, self._last = [], {}

    def _used(self, law: DoubledLaw) -> None:
        if law not in self.laws:
            self.laws.append(law)


def suspension_words(at_debtor_request: bool) -> str:
    """Why the days of a suspension are charged or not."""
    if at_debtor_request:
        return "因被执行人申请，照计加倍部分（法释〔2014〕8号第3条第3款）"
    return "非因被执行人申请而审查生效法律文书或者再审，不计加倍部分（法释〔2014〕8号第3条第3款）"


def _sum_step(totals: Totals) -> dict[str, object]:
    return {
        "kind": "sum",
        **totals.to_json(),
        "paid_general": yuan_text(totals.paid_general_fen),
        "paid_doubled": yuan_text(totals.paid_doubled_fen),
        "left_principal": yuan_text(totals.left_fen),
        "unpaid": yuan_text(totals.unpaid_fen),
        "why": "各行乘积相加后一次四舍五入到分",
    }
