"""Words and rows of the risk list. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.petitions.causes import Reason, RiskList, RiskRow


@dataclass(frozen=True, slots=True)
class BinWords:
    """One bin of the trial: its name below the bars, petitions expected and seen, and the rest."""

    name: str
    expected: int
    seen: int
    tip: str


def percent(share: float) -> str:
    """12.3 %, to one place."""
    return f"{share * 100:.1f}%"


def rows(numbered: Mapping[int, RiskRow]) -> list[Mapping[str, object]]:
    """A row of the table for each case, under its number."""
    return [_row(n, row) for n, row in numbered.items()]


def _row(n: int, row: RiskRow) -> Mapping[str, object]:
    return {
        "id": n,
        "case_id": row.case_id,
        "case_number": row.number,
        "court": row.court,
        "handler": row.handler,
        "risk": round(row.risk * 100, 1),
        "why": "；".join(one.words() for one in row.reasons),
    }


def reason_rows(reasons: Sequence[Reason]) -> list[Mapping[str, object]]:
    """Reasons as rows of a small table. A sign without points says nothing and is left out."""
    return [
        {"reason": one.text, "points": f"{one.points:+.1f}"}
        for one in reasons
        if f"{one.points:.1f}" not in ("0.0", "-0.0")
    ]


def bin_words(found: RiskList) -> list[BinWords]:
    """The bins of the trial, the lowest risks first."""
    return [
        BinWords(
            _span(one.low, one.high),
            round(one.mean * one.of),
            one.hits,
            f"预计风险 {percent(one.mean)}；实际 {one.hits}/{one.of:,} 案次，"
            f"即 {percent(one.hits / one.of)}（{percent(one.least)}—{percent(one.most)}）",
        )
        for one in found.bins
    ]


def _span(low: float, high: float) -> str:
    """Below ten percent to one place: most risks lie close together there."""
    first, last = (f"{one * 100:.{1 if one < 0.0995 else 0}f}" for one in (low, high))
    return f"{first}%" if first == last else f"{first}—{last}%"


def reading(found: RiskList) -> str:
    """The sentence below the bars, with numerators and denominators."""
    if not found.bins:
        return ""
    told = "；".join(
        f"{_span(one.low, one.high)} 预计 {one.mean * one.of:.0f}、实际 {one.hits}/{one.of:,}"
        for one in reversed(found.bins)
    )
    return f"检验期各档（案次）：{told}。"
