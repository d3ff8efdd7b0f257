"""Names of petitioners as every court may read them: 张某. Pure.

A circular and its snapshot go to all courts of the city; whose petition it is, the court concerned
finds by its code and case number.
"""

from typing import Final

_TWO: Final = frozenset(
    (
        *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒"),
        *("令狐", "夏侯", "端木", "南宫", "长孙", "宇文", "轩辕", "钟离", "闻人", "澹台"),
        *("申屠", "太叔", "呼延", "赫连", "独孤", "拓跋", "完颜", "百里", "西门", "公冶"),
    )
)
# What a body is called by; such names are no person's and stay whole.
_BODIES: Final = (
    *("公司", "企业", "集团", "银行", "信用社", "合作社", "委员会", "中心", "工厂", "厂"),
    *("店", "部", "院", "校", "所", "局", "站", "社", "队", "村", "场", "协会", "学会"),
)
_OTHERS: Final = "等"
_PERSON_MAX: Final = 4


def masked(name: str) -> str:
    """张某 for a person, 张某等 for several; the whole name of a company or another body."""
    plain = name.strip()
    head, several, _ = plain.partition(_OTHERS)
    if several and 1 < len(head) <= _PERSON_MAX:
        return f"{_one(head)}{_OTHERS}"
    if "、" in plain:
        return f"{masked(plain.split('、')[0])}{_OTHERS}"
    return _one(plain)


def _one(name: str) -> str:
    if len(name) > _PERSON_MAX and name.endswith(_BODIES):
        return name
    if not name:
        return "某"
    return f"{name[:2] if name[:2] in _TWO and len(name) > 2 else name[0]}某"
