"""What a line of the bank says for a case, each thing with its weight. Pure; any thread.

A weight is how much likelier the line says this when its money is the case's than when it is
anybody's, as a natural logarithm; weights of one line and case add up. What a line says against a
case (another payer, an amount that is no sum of it) weighs as well.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from desktop.funds.case_words import Mention, mentions, slips
from desktop.funds.known import CaseFacts, Index
from desktop.funds.names import base, holes, is_company, one_apart, pieces, plain

# How often a payer writes what, given whose money it is. Chosen by hand, and held to account by
# tests/funds/test_solver.py on lines made by other rules than these.
NUMBER_RIGHT: Final = 0.96
NUMBER_FOREIGN: Final = 0.01
DEBTOR: Final = 0.6
ALIAS: Final = 0.7
ACCOUNT: Final = 0.8
SHORT: Final = 0.1
FUZZY: Final = 0.02
OTHER_PARTY: Final = 0.03
STRANGER: Final = 0.25
AGENT: Final = 0.8
NAMED: Final = 0.3
BY_CHANCE: Final = 0.2  # a remark names a namesake so much more rarely than a payer is one
OPEN_SUM: Final = 0.3
OTHER_SUM: Final = 0.08
NO_SUM: Final = 0.4
TOO_MUCH: Final = 0.15
CLOSED: Final = 0.2
TOO_EARLY: Final = 0.02
RHYTHM: Final = 2.0
RHYTHM_DAYS: Final = ((25, 36), (55, 66), (85, 96))
CANDIDATES_MAX: Final = 400
NAMESAKES_MAX: Final = 120
SUM_OWNERS_MAX: Final = 12
TEXT_NAME_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line that came in. `also`: sums of this and other lines of the same payer nearby, with how
    many lines each."""

    id: str
    booked_on: str
    amount_fen: int
    party_name: str = ""
    party_account: str = ""
    text: str = ""
    reference: str = ""
    also: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against. `weight` as above; `words` Chinese."""

    kind: str
    words: str
    weight: float

    @property
    def points(self) -> int:
        """The weight as a figure for people: ten points are ten times as likely."""
        return round(10 * self.weight / math.log(10))


@dataclass(slots=True)
class Heard:
    """What one line says, found once for all its candidates."""

    line: LineFacts
    numbers: tuple[Mention, ...]
    payer: str
    named: frozenset[str]  # plain names of parties that the text holds
    similar: Mapping[str, str]  # plain name of a party -> how it is like the payer
    numbered: Mapping[str, float] = field(default_factory=dict)  # case -> likelihood of the mention
    written: Mapping[str, str] = field(default_factory=dict)


def listen(index: Index, line: LineFacts) -> Heard:
    """Reads numbers and names out of a line."""
    words = f"{line.text} {line.reference}"
    numbers = tuple(dict.fromkeys(mentions(words)))
    payer = plain(line.party_name)
    named = frozenset(
        piece
        for piece in set(pieces(line.text))
        if len(piece) >= TEXT_NAME_MIN and piece in index.by_name and piece != payer
    )
    heard = Heard(line, numbers, payer, named, _similar(index, payer))
    heard.numbered, heard.written = _numbered(index, numbers)
    return heard


def _similar(index: Index, payer: str) -> dict[str, str]:
    """Companies whose names are like the payer's: shorter, or one sign apart."""
    found: dict[str, str] = {}
    if not payer or len(payer) < 4 or payer in index.by_name:
        return found
    core = base(payer)
    for name in index.by_short.get(core, ()):
        found[name] = "short"
    if is_company(payer):
        near = {name for form in holes(core) for name in index.by_hole.get(form, ())}
        for name in near:
            if one_apart(core, base(name)):
                found.setdefault(name, "fuzzy")
    return found


def _numbered(index: Index, numbers: Sequence[Mention]) -> tuple[dict[str, float], dict[str, str]]:
    """Case → how likely the payer would have written these numbers for it; and what was written."""
    chance: dict[str, float] = {}
    written: dict[str, str] = {}
    for mention in numbers:
        for case_id in (*index.numbered(mention), *index.based_on(mention)):
            chance[case_id] = max(chance.get(case_id, 0.0), NUMBER_RIGHT)
            written[case_id] = mention.written
        for serial, likely in slips(mention.serial):
            for case_id in index.numbered(mention, serial):
                if likely > chance.get(case_id, 0.0):
                    chance[case_id] = likely
                    written[case_id] = mention.written
    return chance, written


def candidates(index: Index, heard: Heard) -> list[str]:
    """Cases worth weighing: whatever one thing of the line speaks for."""
    line = heard.line
    found = dict.fromkeys(heard.numbered)
    sums = set(index.by_sum.get(line.amount_fen, ())) if line.amount_fen else set()
    names = (heard.payer, *heard.named, *heard.similar)
    for name in names:
        for ids in (index.by_name.get(name, ()), index.by_alias.get(name, ())):
            # So many namesakes are only told apart by an amount.
            fitting = ids if len(ids) <= NAMESAKES_MAX else [one for one in ids if one in sums]
            found.update(dict.fromkeys(fitting))
    if line.party_account and "*" not in line.party_account:
        found.update(dict.fromkeys(index.by_account.get(line.party_account, ())))
    if len(sums) <= SUM_OWNERS_MAX:
        found.update(dict.fromkeys(sorted(sums)))
    return list(found)[:CANDIDATES_MAX]


def weigh(index: Index, heard: Heard, case: CaseFacts) -> list[Reason]:
    """Everything the line says for and against a case."""
    return [
        *_of_number(index, heard, case),
        *_of_payer(index, heard, case),
        *_of_text(index, heard, case),
        *_of_amount(index, heard.line, case),
        *_of_time(heard, case),
    ]


def _of_number(index: Index, heard: Heard, case: CaseFacts) -> list[Reason]:
    if not heard.numbers:
        return []
    count = max(len(index.cases), 2)
    chance = heard.numbered.get(case.id)
    if chance is None:
        return [Reason("number", "附言所写案号不是本案", math.log(NUMBER_FOREIGN))]
    written = heard.written[case.id]
    if chance == NUMBER_RIGHT:
        return [Reason("number", f"附言写明案号“{written}”", math.log(chance * count))]
    words = f"附言所写案号“{written}”与本案只差一处笔误"
    return [Reason("slip", words, math.log(chance * count))]


def _share(index: Index, name: str) -> float:
    """How common a name is among the cases; of a name nobody has, half a case."""
    return max(len(index.by_name.get(name, ())), 0.5) / max(len(index.cases), 2)


def _of_payer(index: Index, heard: Heard, case: CaseFacts) -> list[Reason]:
    payer, account = heard.payer, heard.line.party_account
    paid_from = any(account and account == one for _, _, _, one in case.paid)
    paid_by = any(payer and payer == one for _, _, one, _ in case.paid)
    if not payer and not paid_from:
        return []
    share = _share(index, payer)
    if paid_from:
        owners = len(index.by_account.get(account, ()))
        weight = math.log(ACCOUNT * len(index.cases) / max(owners, 1))
        return [Reason("account", "该付款账号此前向本案付过款", weight)]
    options: list[Reason] = []
    if payer in case.debtors:
        chance = DEBTOR / len(case.debtors)
        options.append(Reason("debtor", f"付款人“{payer}”是本案被执行人", math.log(chance / share)))
    if paid_by:
        owners = len(index.by_alias.get(payer, ()))
        weight = math.log(ALIAS * len(index.cases) / max(owners, len(index.by_name.get(payer, ()))))
        options.append(Reason("alias", f"“{payer}”此前向本案付过款", weight))
    if payer in case.others:
        weight = math.log(OTHER_PARTY / share)
        options.append(Reason("party", f"付款人“{payer}”是本案当事人", weight))
    for name, how in heard.similar.items():
        if name in case.debtors:
            chance, words = {
                "short": (SHORT, f"付款人“{payer}”是被执行人“{name}”的简称"),
                "fuzzy": (FUZZY, f"付款人“{payer}”与被执行人“{name}”只差一字"),
            }[how]
            shared = max(len(heard.similar), 1)
            weight = math.log(chance / shared / _share(index, name))
            options.append(Reason(how, words, weight))
    if options:
        return [max(options, key=lambda one: one.weight)]
    # Who pays for somebody he names is expected to be a stranger.
    chance = AGENT if heard.named.intersection(case.debtors) else STRANGER
    return [Reason("stranger", f"付款人“{payer}”不是本案当事人", math.log(chance))]


def _of_text(index: Index, heard: Heard, case: CaseFacts) -> list[Reason]:
    """Who is named in the remark: an agent writes for whom he pays."""
    named = [name for name in case.debtors if name in heard.named]
    if named:
        longest = max(named, key=len)
        share = BY_CHANCE * _share(index, longest)
        return [Reason("named", f"附言提到被执行人“{longest}”", math.log(NAMED / share))]
    other = [name for name in case.others if name in heard.named]
    if other:
        share = BY_CHANCE * _share(index, other[0])
        weight = math.log(NAMED / 3 / share)
        return [Reason("named", f"附言提到当事人“{other[0]}”", weight)]
    # A name that is a party's elsewhere speaks for elsewhere, a little: names are common words too.
    return (
        [Reason("named_other", "附言提到的人不是本案当事人", math.log(0.5))] if heard.named else []
    )


def _of_amount(index: Index, line: LineFacts, case: CaseFacts) -> list[Reason]:
    sums = case.sums()
    words = sums.get(line.amount_fen)
    if words is not None:
        chance = OPEN_SUM if words == "未履行额" else OTHER_SUM
        weight = math.log(chance / _usual(index, line.amount_fen))
        return [Reason("amount", f"金额等于{words}", weight)]
    for total, count in line.also.items():
        if total in sums:
            weight = math.log(OTHER_SUM / _usual(index, total))
            return [Reason("together", f"同一付款人相近 {count} 笔合计等于{sums[total]}", weight)]
    most = max(sums, default=0)
    if most and line.amount_fen > most:
        return [Reason("too_much", "金额超过本案未履行额", math.log(TOO_MUCH))]
    return [Reason("no_sum", "金额不是本案的任何一个整数目", math.log(NO_SUM))]


def _usual(index: Index, fen: int) -> float:
    """How often any line has this amount: round sums are common, odd ones almost never meet."""
    steps = ((100_000_00, 3e-3), (1_000_00, 4e-3), (100_00, 2e-3), (1_00, 1e-4))
    floor = next((share for step, share in steps if fen % step == 0), 3e-6)
    others = len(index.by_sum.get(fen, ())) - 1
    return max(floor, others / max(index.sums_count, 1))


def _of_time(heard: Heard, case: CaseFacts) -> list[Reason]:
    line = heard.line
    reasons = []
    if line.booked_on < case.filed_on:
        reasons.append(Reason("early", f"到账早于立案（{case.filed_on}）", math.log(TOO_EARLY)))
    if case.closed_on is not None and case.closed_on < line.booked_on:
        reasons.append(Reason("closed", f"案件已于 {case.closed_on} 结案", math.log(CLOSED)))
    days = [
        (date.fromisoformat(line.booked_on) - date.fromisoformat(on)).days
        for on, _, name, _ in case.paid
        if name and name == heard.payer
    ]
    if any(first <= gone <= last for gone in days for first, last in RHYTHM_DAYS):
        reasons.append(Reason("rhythm", "与此前按月付款的间隔相符", math.log(RHYTHM)))
    return reasons
