"""Names short enough for the axes of the heat map. Pure."""

import re
from collections.abc import Sequence
from typing import Final

_NODE_CHARACTERS: Final = 7


def _short_node(name: str) -> str:
    bare = re.sub(r"[（(].*?[）)]", "", name).strip() or name
    return bare if len(bare) <= _NODE_CHARACTERS else bare[: _NODE_CHARACTERS - 1] + "…"


def short_nodes(names: Sequence[str]) -> list[str]:
    """Names without their bracketed remarks, cut where the axis ends; where two would look alike,
    the first words of the remark tell them apart."""
    short = [_short_node(name) for name in names]
    result = []
    for name, words in zip(names, short, strict=True):
        remark = re.search(r"[（(](.{1,2})", name)
        if short.count(words) > 1 and remark is not None:
            head = words[: _NODE_CHARACTERS - 2].rstrip("…")
            result.append(f"{head}·{remark.group(1)}")
        else:
            result.append(words)
    return result
