"""Names short enough for the axes of the heat map. Pure."""

import re
from typing import Final

_NUMBERED: Final = re.compile(r"^第([一二三四五六七八九十]+)执行团队$")
_NODE_CHARACTERS: Final = 7


def short_place(name: str) -> str:
    """第一执行团队 → 一队, 执行裁决团队 → 裁决; anything else as it is."""
    numbered = _NUMBERED.match(name)
    if numbered:
        return f"{numbered.group(1)}队"
    return name.removesuffix("团队").removeprefix("执行") or name


def short_node(name: str) -> str:
    """A node's name without its bracketed remark, cut where the axis ends."""
    bare = re.sub(r"[（(].*?[）)]", "", name).strip() or name
    return bare if len(bare) <= _NODE_CHARACTERS else bare[: _NODE_CHARACTERS - 1] + "…"
