"""Every character finds a font or is told by name; what is embedded is the same everywhere."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from desktop.circulars.faces import FACES, Face
from desktop.circulars.typefaces import Typefaces, typefaces
from desktop.errors import OutsideError, UserError

GB2312 = [
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xF8)
    for cell in range(0xA1, 0xFF)
    if (row, cell) <= (0xD7, 0xF9) or row > 0xD7
]
# Characters of given names and of places that are beyond GB2312, or at its rim.
RARE = (
    "瀍堃喆昉旻昇垚燚犇鑫淼焱玥珺璟珩琮琰翀翯翾赟贇雱甯昶昱晟晞晖暐曈曌旼旸杲枞栯桢梽槿樾橦毓沄沅泓泠洺"
    "洹浠浥涢淏湉湜滢溱滘漪潆潞澍澔瀛灏炅炜烨焜煊煜熠燊燚爔珈珥珣珒珂珉珞琏琬琲瑀瑄瑗瑭璐璠璿瓒甡畯皓皞睿砚"
    "碁祎祺禛禤穂竑纮翙翚羑芃衎褆訚詝谞贠迺釿钘锳镕镠飏龑龢㛃㮾䶮㻛𬎆𬍤𬭎𣲗𬸪𪻐"
)
NOWHERE = "\U0010fffd"  # of the last private plane: no font has it


def _page(text: str, face: Face) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, invariant=1, initialFontName=typefaces().font(face))
    x = 20.0
    for run in typefaces().runs(text, face):
        canvas.setFont(run.font, 12)
        canvas.drawString(x, 700, run.text)
        x += 12 * sum(typefaces().width(char, face) for char in run.text)
    canvas.save()
    return made.getvalue()


def _fonts(pdf: bytes) -> dict[str, bool]:
    """Name of each font of the first page, and whether its outlines are in the file."""
    found = {}
    for font in pypdf.PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values():
        one = font.get_object()
        about = one.get("/FontDescriptor")
        found[str(one["/BaseFont"])] = about is not None and "/FontFile2" in about.get_object()
    return found


@pytest.mark.parametrize("face", FACES)
def test_no_character_of_the_plain_set_or_of_a_rare_name_is_missing(face: Face) -> None:
    assert len(GB2312) == 6_763
    assert typefaces().missing("".join(GB2312) + RARE, face) == ()
    assert {typefaces().width(char, face) for char in "法院〔〕（）《》、。：—" + RARE} == {1.0}


@pytest.mark.parametrize("face", FACES)
def test_a_page_embeds_what_it_shows_and_gives_it_back_as_text(face: Face) -> None:
    words = "洛阳市瀍河区堃喆赟𬭎（2026）豫03执1号"
    pdf = _page(words, face)
    fonts = _fonts(pdf)
    assert len(fonts) > 1  # the typeface itself, and one that stood in for rare characters
    assert all(fonts.values()), fonts
    assert pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", "") == words


def test_a_run_is_as_long_as_its_font_goes() -> None:
    runs = typefaces().runs("洛阳瀍河区", "text")
    assert [run.text for run in runs] == ["洛阳", "瀍", "河区"]
    assert runs[0].font == runs[2].font != runs[1].font


def test_what_no_font_has_is_told_by_field_and_by_name_all_at_once() -> None:
    faces = typefaces()
    assert faces.missing(f"甲{NOWHERE}乙{NOWHERE}") == (NOWHERE,)
    faces.require({"标题": "通报"})
    with pytest.raises(UserError) as told:
        faces.require({"标题": "通报", "主送": f"甲{NOWHERE}", "正文": f"{NOWHERE}\U0010fffc"})
    assert "主送：“\U0010fffd”（U+10FFFD）" in str(told.value)
    assert "正文：“\U0010fffd”（U+10FFFD）、“\U0010fffc”（U+10FFFC）" in str(told.value)
    assert "标题" not in str(told.value)
    with pytest.raises(UserError, match="U\\+10FFFD"):
        faces.runs(NOWHERE, "text")
    with pytest.raises(UserError, match="U\\+10FFFD"):
        faces.width(NOWHERE, "text")


def test_the_courts_own_typeface_comes_first(tmp_path: Path) -> None:
    free = typefaces().chosen
    assert {one.name for one in typefaces().stand_ins} <= {"小标宋", "仿宋", "楷体", "黑体", "宋体"}
    for one in free.values():
        shutil.copy(one.file, tmp_path / one.file.name)
    shutil.copy(free["kai"].file, tmp_path / "SIMFANG.TTF")  # a name is a name in any case
    (tmp_path / "simhei.ttf").write_bytes(b"OTTO no TrueType")
    faces = Typefaces([tmp_path])
    assert faces.chosen["text"].file.name == "SIMFANG.TTF"
    assert not faces.chosen["text"].stand_in
    assert faces.chosen["hei"].file.name == free["hei"].file.name  # what cannot be embedded is left
    assert "仿宋" not in {one.name for one in faces.stand_ins}


def test_without_any_typeface_the_sentence_names_it(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="小标宋"):
        Typefaces([tmp_path])


def test_the_same_words_give_the_same_bytes_in_another_process() -> None:
    words = "洛阳市瀍河区堃喆"
    code = (
        "import sys; from tests.circulars.test_typefaces import _page;"
        f" sys.stdout.buffer.write(_page({words!r}, 'text'))"
    )
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert other == _page(words, "text")
