"""What cases are about: causes, amounts, parties, assets. Pure."""

from math import exp
from random import Random
from typing import Final

from desktop.demo.names import company, lender, natural_person
from storage.records.cases import AssetKind

Row = tuple[object, ...]
_CAUSES: Final = (
    ("民间借贷纠纷", 24),
    ("金融借款合同纠纷", 16),
    ("买卖合同纠纷", 14),
    ("劳动争议", 8),
    ("机动车交通事故责任纠纷", 8),
    ("房屋租赁合同纠纷", 6),
    ("建设工程施工合同纠纷", 6),
    ("信用卡纠纷", 6),
    ("离婚后财产纠纷", 3),
    ("物业服务合同纠纷", 5),
    ("抚养费纠纷", 2),
    ("刑事涉财产执行", 2),
)
_CAUSE_WORDS: Final = tuple(cause for cause, _weight in _CAUSES)
_CAUSE_WEIGHTS: Final = tuple(weight for _cause, weight in _CAUSES)
_LENDING: Final = frozenset(("金融借款合同纠纷", "信用卡纠纷"))
BANKS: Final = ("云岫银行洛阳分行", "伊水农商行", "金谷银行涧河支行", "瀍东村镇银行")
_STREETS: Final = ("中州路", "王城大道", "龙门大道", "开元大道", "丽春路", "南昌路")


def cause(rng: Random) -> str:
    """A cause of action, by its usual frequency."""
    return rng.choices(_CAUSE_WORDS, _CAUSE_WEIGHTS)[0]


def amount_fen(rng: Random) -> int:
    """A claim in fen: log-normal, median 62,000 yuan, at least 500, at most 80 million."""
    yuan = min(max(62_000 * exp(rng.gauss(0.0, 1.45)), 500.0), 80_000_000.0)
    return int(yuan) * 100 + rng.choice((0, 0, 0, rng.randrange(100)))


def parties(rng: Random, about: str) -> list[tuple[str, str, str]]:
    """(role, name, kind) of the applicant and one to three debtors."""
    if about in _LENDING:
        found = [("applicant", lender(rng), "enterprise")]
    elif rng.random() < 0.35:
        found = [("applicant", company(rng), "enterprise")]
    else:
        found = [("applicant", natural_person(rng), "natural")]
    for _ in range(rng.choices((1, 2, 3), (62, 28, 10))[0]):
        is_company = rng.random() < 0.3
        name = company(rng) if is_company else natural_person(rng)
        found.append(("debtor", name, "enterprise" if is_company else "natural"))
    return found


def asset(rng: Random) -> tuple[AssetKind, str, str]:
    """(kind, description, institution) of something that can be seized or frozen."""
    kind = rng.choices(
        (AssetKind.DEPOSIT, AssetKind.MOVABLE, AssetKind.IMMOVABLE, AssetKind.RIGHT),
        (56, 18, 20, 6),
    )[0]
    tail = f"{rng.randrange(10_000):04d}"
    if kind is AssetKind.DEPOSIT:
        return kind, f"尾号 {tail} 的账户存款", rng.choice(BANKS)
    if kind is AssetKind.MOVABLE:
        return kind, f"豫C·{rng.choice('ABDEFG')}{tail} 小型汽车", "洛阳市车辆管理所"
    if kind is AssetKind.IMMOVABLE:
        place = f"{rng.choice(_STREETS)}{rng.randrange(1, 300)}号{rng.randrange(1, 30)}幢"
        return kind, f"{place}{tail}室房产", "洛阳市不动产登记中心"
    return kind, f"{company(rng)}{rng.randrange(5, 60)}%股权", "洛阳市市场监督管理局"
