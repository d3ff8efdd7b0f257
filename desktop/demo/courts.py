"""The courts of the demo city with their dated codes. Pure.

Names and codes are those of the published divisions; what is not confirmed is marked so. Two
divisions were replaced in 2021 (国函〔2021〕31号); the day their courts followed is not confirmed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoCourt:
    """`weight`: share of the city's cases, 0 for a court that takes none today."""

    code: str
    name: str
    short: str
    teams: int
    weight: float
    confirmed: bool = False
    valid_from: date = date(2016, 1, 1)
    valid_to: date | None = None
    under: str = "豫03"


_SPLIT: Final = date(2021, 12, 31)
_JOINED: Final = date(2021, 1, 1)

COURTS: Final[tuple[DemoCourt, ...]] = (
    DemoCourt("豫03", "洛阳市中级人民法院", "洛阳中院", 6, 15.0, under=""),
    DemoCourt("豫0302", "洛阳市老城区人民法院", "老城", 2, 5.5, confirmed=True),
    DemoCourt("豫0303", "洛阳市西工区人民法院", "西工", 3, 8.5),
    DemoCourt("豫0304", "洛阳市瀍河回族区人民法院", "瀍河", 2, 4.5, confirmed=True),
    DemoCourt("豫0305", "洛阳市涧西区人民法院", "涧西", 4, 9.5),
    DemoCourt("豫0306", "洛阳市吉利区人民法院", "吉利", 0, 0.0, valid_to=_SPLIT),
    DemoCourt("豫0307", "洛阳市偃师区人民法院", "偃师", 3, 7.5, valid_from=_JOINED),
    DemoCourt("豫0308", "洛阳市孟津区人民法院", "孟津", 2, 5.5, valid_from=_JOINED),
    DemoCourt("豫0311", "洛阳市洛龙区人民法院", "洛龙", 4, 10.0),
    DemoCourt("豫0322", "孟津县人民法院", "原孟津县", 0, 0.0, valid_to=_SPLIT),
    DemoCourt("豫0323", "新安县人民法院", "新安", 2, 5.0),
    DemoCourt("豫0324", "栾川县人民法院", "栾川", 2, 4.0),
    DemoCourt("豫0325", "嵩县人民法院", "嵩县", 2, 4.0),
    DemoCourt("豫0326", "汝阳县人民法院", "汝阳", 1, 3.0),
    DemoCourt("豫0327", "宜阳县人民法院", "宜阳", 2, 4.5),
    DemoCourt("豫0328", "洛宁县人民法院", "洛宁", 1, 3.0),
    DemoCourt("豫0329", "伊川县人民法院", "伊川", 2, 5.5),
    DemoCourt("豫0381", "偃师市人民法院", "原偃师市", 0, 0.0, valid_to=_SPLIT),
    DemoCourt("豫0391", "洛阳高新技术产业开发区人民法院", "高新", 2, 5.0, confirmed=True),
    DemoCourt("豫7102", "洛阳铁路运输法院", "洛铁", 0, 0.0, under=""),
)
