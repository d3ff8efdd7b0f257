"""The Chinese typeface of printed papers, embedded so that any reader shows it. Any thread.

reportlab takes TrueType outlines only; WenQuanYi Zen Hei is the one that Debian and the set-up
of this program install. A user's own font folder comes first.
"""

import threading
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from desktop.errors import OutsideError

BODY: Final = "DeskSans"
_CANDIDATES: Final = (
    "~/.local/share/fonts/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-zenhei-fonts/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/msyh.ttc",
)
_lock: Final = threading.Lock()


def register_body_font() -> str:
    """Registers the typeface once and gives its name; OutsideError when none is installed."""
    with _lock:
        if BODY in pdfmetrics.getRegisteredFontNames():
            return BODY
        for candidate in _CANDIDATES:
            path = Path(candidate).expanduser()
            if not path.is_file():
                continue
            try:
                pdfmetrics.registerFont(TTFont(BODY, str(path), subfontIndex=0))
            except TTFError:  # PostScript outlines: the next candidate may do.
                continue
            return BODY
    raise OutsideError("没有可嵌入的中文字体，无法生成 PDF：请安装 fonts-wqy-zenhei。")
