"""The derivation sheet is printed in the document's typefaces, rare characters and all."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest

from desktop.circulars.content import DerivationSheet, HolderRow, SheetRow
from desktop.circulars.derivation_sheet import write_derivation_sheet
from desktop.errors import UserError
from tests.circulars.test_typefaces import NOWHERE


def _sheet(**other: Any) -> DerivationSheet:
    values: dict[str, Any] = {
        "court": "瀍河区人民法院",
        "case_number": "（2026）豫0304执17号",
        "node": "网络查控",
        "team": "第一团队",
        "handler": "赟𬭎",
        "conclusion": "应止 2026-10-09 <逾期 3 日> & 未扣除",
        "warnings": ("被执行人堃喆下落不明",),
        "rows": (SheetRow("计入", "2026-09-01", "2026-09-30", "30", "赟𬭎中止" * 30),),
        "holders": (HolderRow("赟𬭎", "2026-09-01", "2026-09-30", 30, 3),) * 60,
        "smallest_change": "",
        "article": "第一条",
        "source": "规定",
        "rule_version": "1",
        "in_force": "2026-01-01 起",
        "confidence": "已确认",
        "basis": "立案",
        "as_of": "2026-10-12",
        "printed_at": datetime.fromisoformat("2026-10-12T09:00"),
        "printed_by": "𬭎某",
    }
    return DerivationSheet(**{**values, **other})


def test_every_font_is_embedded_and_rare_names_are_found_again(tmp_path: Path) -> None:
    read = pypdf.PdfReader(write_derivation_sheet(_sheet(), tmp_path / "a.pdf"))
    assert len(read.pages) > 1
    words = ["".join(page.extract_text().split()) for page in read.pages]
    assert "瀍河区人民法院" in words[0]
    assert "应止2026-10-09<逾期3日>&未扣除" in words[0]
    assert words[0].count("赟𬭎中止") >= 10
    for number, (page, text) in enumerate(zip(read.pages, words, strict=True), start=1):
        assert "𬭎某" in text  # who printed it, at every foot
        assert f"第{number}页共{len(words)}页" in text
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"].get_object()


def test_equal_content_gives_equal_bytes_and_what_has_no_font_is_told(tmp_path: Path) -> None:
    one, two = (write_derivation_sheet(_sheet(), tmp_path / name).read_bytes() for name in "ab")
    assert one == two
    with pytest.raises(UserError, match=r"U\+10FFFD"):
        write_derivation_sheet(_sheet(handler=NOWHERE), tmp_path / "c.pdf")
    assert not (tmp_path / "c.pdf").exists()
