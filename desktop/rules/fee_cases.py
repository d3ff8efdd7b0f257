"""Court fees that are not the table alone: halved ones, and cases without an amount. Pure.

Amounts in integer fen; articles are data (resources/law/fee_cases.toml, 诉讼费用交纳办法第13条至
第18条). Any thread.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.fees import FEE_KINDS, Fee
from desktop.rules.money import AMOUNT_FEN_MAX, InputError, half_up, product_text, quoted, yuan_text
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from desktop.rules.signing_matrix import UNCONFIRMED, UNCONFIRMED_MARK
from resources import path as resource_path

ONCE: Final = "减半收取只能减半一次（民诉法解释第206条）"


@dataclass(frozen=True, slots=True)
class Halving:
    """A reason for which half of a fee is charged."""

    code: str
    name: str
    kind: str
    article: str
    source: str
    confidence: str

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")


@dataclass(frozen=True, slots=True)
class FeeRange:
    """Between which sums the court decides where a case has no amount; `matter`: which cases."""

    code: str
    name: str
    kind: str
    matter: str
    least_fen: int
    most_fen: int
    article: str
    source: str
    confidence: str

    def cited(self) -> str:
        """The article with the mark of what nobody has checked."""
        return self.article + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")

    def words(self) -> str:
        """每件交纳 50.00 元至 500.00 元."""
        if self.least_fen == self.most_fen:
            return f"每件交纳 {yuan_text(self.least_fen)} 元"
        return f"每件交纳 {yuan_text(self.least_fen)} 元至 {yuan_text(self.most_fen)} 元"


@dataclass(frozen=True, slots=True)
class FeeCases:
    """Everything of the file, in its order."""

    halvings: tuple[Halving, ...]
    ranges: tuple[FeeRange, ...]


@dataclass(frozen=True, slots=True)
class HalvedFee:
    """A fee and what half of it is; the half is taken before the rounding."""

    whole: Fee
    halving: Halving

    @property
    def exact(self) -> Fraction:
        """Half of the fee in fen."""
        most = Fraction(self.whole.fee_fen) if self.whole.capped else self.whole.sum_
        return most / 2

    @property
    def fee_fen(self) -> int:
        """What is charged."""
        return half_up(self.exact)

    def to_json(self) -> dict[str, object]:
        """What the command line prints: the fee of the table with its half behind it."""
        found = self.whole.to_json()
        steps = found["steps"]
        assert isinstance(steps, list)
        step = {
            "kind": "halving",
            "amount": product_text(self.exact),
            "article": self.halving.cited(),
            "why": f"{self.halving.name}，减半；{ONCE}",
        }
        fee = {"fee": yuan_text(self.fee_fen), "halved": self.halving.code}
        return {**found, **fee, "steps": [*steps, step]}


@dataclass(frozen=True, slots=True)
class SetFee:
    """What a court decided in a case without an amount."""

    range: FeeRange
    fee_fen: int

    def to_json(self) -> dict[str, object]:
        """What the command line prints; there is no amount."""
        one = self.range
        return {
            "kind": one.kind,
            "name": one.name,
            "amount": None,
            "fee": yuan_text(self.fee_fen),
            "article": one.cited(),
            "source": one.source,
            "confidence": one.confidence,
            "steps": [
                {
                    "kind": "range",
                    "least": yuan_text(one.least_fen),
                    "most": yuan_text(one.most_fen),
                    "amount": yuan_text(self.fee_fen),
                    "why": f"{one.matter}，{one.words()}，由人民法院在幅度内决定",
                }
            ],
        }


def halve(found: Fee, code: str, field: str, cases: FeeCases | None = None) -> HalvedFee:
    """Half of a fee. Raises InputError for a reason that is unknown or not one of this fee."""
    known = (cases or load_fee_cases()).halvings
    halving = next((one for one in known if one.code == code), None)
    if halving is None:
        codes = "、".join(one.code for one in known)
        raise InputError(field, f"“{quoted(code)}”应为 {codes} 之一")
    if halving.kind != found.table.kind:
        raise InputError(field, f"{halving.name}减半只适用于案件受理费，不适用于{found.table.name}")
    return HalvedFee(found, halving)


def set_fee(
    kind: str, code: str, fee_fen: int, field: str, cases: FeeCases | None = None
) -> SetFee:
    """What the court decided where there is no amount; `code` "" takes the only range of `kind`.

    Raises InputError outside the range.
    """
    known = [one for one in (cases or load_fee_cases()).ranges if one.kind == kind]
    if not known:
        raise InputError(field, "该项费用没有不按金额交纳的规定")
    found = next((one for one in known if one.code == code), None)
    if found is None and not code and len(known) == 1:
        found = known[0]
    if found is None:
        names = "、".join(f"{one.code}（{one.matter}）" for one in known)
        raise InputError("--matter", f"“{quoted(code)}”应为 {names} 之一")
    if not found.least_fen <= fee_fen <= found.most_fen:
        shown = yuan_text(fee_fen)
        raise InputError(
            field, f"{found.matter}{found.words()}，现为 {shown} 元（{found.cited()}）"
        )
    return SetFee(found, fee_fen)


def load_fee_cases(path: Path | None = None) -> FeeCases:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/fee_cases.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> FeeCases:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    cases = FeeCases(
        tuple(_read_halving(row) for row in reader.rows("halving")),
        tuple(_read_range(row) for row in reader.rows("range")),
    )
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return cases


def _read_halving(row: RowReader) -> Halving:
    found = Halving(
        code=row.text("code"),
        name=row.text("name"),
        kind=row.choice("kind", FEE_KINDS),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return found


def _read_range(row: RowReader) -> FeeRange:
    least = row.number("least", least=0, most=AMOUNT_FEN_MAX)
    found = FeeRange(
        code=row.text("code"),
        name=row.text("name"),
        kind=row.choice("kind", FEE_KINDS),
        matter=row.text("matter"),
        least_fen=least,
        most_fen=row.number("most", least=least, most=AMOUNT_FEN_MAX),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return found
