"""Papers of a seizure read again, and photographs as they come from a camera."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from desktop.circulars.official import Paragraph
from desktop.command.receipts import prove
from desktop.command.seizures.commands import AddPhotos, add_photos, sign
from desktop.command.seizures.papers import SeizurePrint, inventory, print_seizure, record
from desktop.command.seizures.pictures import read_pictures
from desktop.command.seizures.queries import Seizure, seizure_of
from desktop.errors import OutsideError, UserError
from storage.replica import Replica
from storage.session import Session
from tests.command.seizure_office import DEBTOR, NOW, PLATE, filled, furnish, key, photographed
from tests.passphrase import PASSPHRASE

Read = tuple[Seizure, Path, Path]


def words_of(path: Path) -> str:
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    return "".join(text.split())


@pytest.fixture(scope="module")
def signed(
    make_store: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Seizure, Path, Path]:
    """A signed seizure with its two papers."""
    folder = tmp_path_factory.mktemp("papers")
    with Replica.open(make_store(folder / "s"), PASSPHRASE) as replica:
        session = Session(replica, actor="程远帆")
        with session.write("备") as write:
            furnish(write.connection)
            photographed(write.connection, filled())
        with session.write("签名") as write:
            sign(write.connection, filled())
        with session.read() as connection:
            seizure = seizure_of(connection, key(100))
            assert seizure is not None
            assert prove(connection, f"EDESK1:R:{seizure.code}").sound
    paths = (folder / "list.pdf", folder / "record.pdf")
    print_seizure(SeizurePrint((inventory(seizure, NOW), record(seizure, NOW)), paths))
    return seizure, *paths


def test_the_list_says_what_was_taken_and_bears_the_code(signed: Read) -> None:
    seizure, path, _record = signed
    words = words_of(path)
    for part in (
        "扣押财产清单",
        DEBTOR,
        PLATE,
        "小型轿车",
        "左前门有划痕",
        "68,000.00",
        "（大写：陆万捌仟元整）",
        "（2026）豫03执41号之二",
        "涉案车辆停放场",
        seizure.code,
    ):
        assert part in words, part


def test_cash_and_what_nobody_valued_are_told_apart(signed: Read) -> None:
    seizure = signed[0]
    (car,) = seizure.things
    cash = replace(car, kind="cash", value_fen=1_203_050)
    things = (car, cash, replace(car, value_fen=None))
    body = inventory(replace(seizure, things=things), NOW).body
    (said,) = [one.text for one in body if isinstance(one, Paragraph) and "合计" in one.text]
    assert said == (
        "以上共 3 项。估值合计人民币 80,030.50 元（大写：捌万零叁拾元零伍角整），另有 1 项未估值。"
        "其中现金人民币 12,030.50 元（大写：壹万贰仟零叁拾元零伍角整），已当场清点。"
    )


def test_a_typed_position_is_not_passed_off_as_a_receivers(signed: Read) -> None:
    seizure = signed[0]
    typed = replace(seizure, form=replace(seizure.form, accuracy_dm=None))
    (said,) = [
        one.text
        for one in record(typed, NOW).body
        if isinstance(one, Paragraph) and one.text.startswith("定位")
    ]
    assert "手工输入" in said


def test_the_record_says_when_where_who_and_the_hash_of_each_photograph(signed: Read) -> None:
    seizure, _list, path = signed
    words = words_of(path)
    for part in (
        "扣押笔录",
        "2026年11月30日10:05至2026年11月30日10:35",
        "34.620000，112.450000",
        "程远帆、陆知行",
        "何某",
        "宣读裁定",
        seizure.code,
    ):
        assert part in words, part
    for picture in seizure.pictures:
        assert picture.sha256[:16].upper() in words


def test_a_telephone_reads_the_code_on_both_papers(signed: Read) -> None:
    seizure, *paths = signed
    for path in paths:
        with pdfplumber.open(path) as file:
            image = file.pages[-1].to_image(resolution=200).original
        found = [one.text for one in zxingcpp.read_barcodes(image)]
        assert found == [f"EDESK1:R:{seizure.code}"]


def test_a_draft_says_that_it_is_one_and_bears_no_code(session: Session, tmp_path: Path) -> None:
    with session.write("备") as write:
        furnish(write.connection)
        photographed(write.connection, filled(keeper=""), count=1)
    with session.read() as connection:
        seizure = seizure_of(connection, key(100))
    assert seizure is not None
    path = tmp_path / "draft.pdf"
    print_seizure(SeizurePrint((inventory(seizure, NOW),), (path,)))
    words = words_of(path)
    assert "草稿，未签名，不具效力" in words
    assert "回执码" not in words


# Photographs


def camera_picture(path: Path, *, size: tuple[int, int] = (1600, 1200)) -> Path:
    """A noisy JPEG as a telephone writes it: turned, with time and place."""
    image = Image.effect_noise(size, 90).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8769).update({0x9003: "2026:11:30 10:12:31", 0x9011: "+08:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 37.0, 12.0), 3: "E", 4: (112.0, 27.0, 0.0)})
    image.save(path, "JPEG", exif=exif, quality=90)
    return path


def test_the_original_is_hashed_and_the_small_picture_stands_upright(tmp_path: Path) -> None:
    path = camera_picture(tmp_path / "IMG_1.jpg")
    (found,) = read_pictures((path,))
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.size == path.stat().st_size
    assert found.mime == "image/jpeg"
    assert found.taken == datetime.fromisoformat("2026-11-30T10:12:31+08:00")
    assert (found.lat_e7, found.lon_e7) == (346_200_000, 1_124_500_000)
    assert 0 < len(found.thumbnail) <= 20_480
    with Image.open(BytesIO(base64.b64decode(found.thumbnail))) as small:
        assert small.height > small.width
        assert max(small.size) <= 320


def test_a_picture_without_words_of_the_camera_has_the_time_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    Image.new("RGB", (60, 40), "white").save(path)
    (found,) = read_pictures((path,))
    assert found.mime == "image/png"
    assert found.taken.timestamp() == pytest.approx(path.stat().st_mtime)
    assert (found.lat_e7, found.lon_e7) == (None, None)


@pytest.mark.parametrize("body", [b"", b"not a picture", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"])
def test_what_is_no_photograph_is_refused_by_name(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "附件.jpg"
    path.write_bytes(body)
    with pytest.raises(UserError, match=r"附件\.jpg"):
        read_pictures((path,))


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    whole = camera_picture(tmp_path / "whole.jpg").read_bytes()
    for body, words in (
        (b"", "空文件"),
        (whole[: len(whole) // 2], "不完整"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "HEIC"),
    ):
        path = tmp_path / "IMG_7.jpg"
        path.write_bytes(body)
        with pytest.raises(UserError, match=rf"IMG_7\.jpg.*{words}"):
            read_pictures((path,))


def test_pictures_of_new_telephones_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pictures in one file, and more pixels than the library lets through by itself."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4_000)
    two, large = tmp_path / "two.jpg", tmp_path / "large.jpg"
    image = Image.new("RGB", (64, 48), "navy")
    image.save(two, "MPO", save_all=True, append_images=[image])
    Image.new("L", (120, 90)).save(large, "JPEG")
    found = read_pictures((two, large))
    assert [one.mime for one in found] == ["image/jpeg"] * 2
    assert all(one.thumbnail for one in found)


@pytest.mark.parametrize("gps", [{2: (0, 0, 0), 4: (0, 0, 0)}, {9: "V"}, {2: (0, 0)}])
def test_a_camera_without_a_fix_gives_no_place(tmp_path: Path, gps: dict[int, object]) -> None:
    exif = Image.Exif()
    place = {1: "N", 2: (34.0, 37.0, 12.0), 3: "E", 4: (112.0, 27.0, 0.0)}
    exif.get_ifd(0x8825).update(place | gps)
    Image.new("RGB", (60, 40)).save(tmp_path / "a.jpg", exif=exif)
    (found,) = read_pictures((tmp_path / "a.jpg",))
    assert (found.lat_e7, found.lon_e7) == (None, None)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="无法读取"):
        read_pictures((tmp_path / "gone.jpg",))


def test_the_row_takes_the_largest_small_picture(session: Session, tmp_path: Path) -> None:
    """Noise is the worst a camera can see; the table refuses more than it has room for."""
    photos = read_pictures((camera_picture(tmp_path / "a.jpg"),))
    with session.write("备") as write:
        furnish(write.connection)
    with session.write("拍照") as write:
        assert add_photos(write.connection, AddPhotos(filled(), photos)) == 1
