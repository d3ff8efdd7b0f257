"""The typefaces that GB/T 9704—2012 names, by what they are for. Pure."""

from typing import Final, Literal

# 小标宋 for the mark and the title, 仿宋 for the words, 楷体 and 黑体 for heads, 宋体 for numbers.
Face = Literal["title", "text", "kai", "hei", "song"]
FACES: Final[tuple[Face, ...]] = ("title", "text", "kai", "hei", "song")
