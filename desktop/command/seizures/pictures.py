"""Photographs as they come from a camera: the hash of the original, a small picture, when and where
it was taken. Layout lane; no database.

The original is not touched: what is turned and made small is a copy.
"""

import base64
import hashlib
import struct
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from desktop.command.seizures.commands import Photo
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import OutsideError, UserError

MIMES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_SMALL: Final = (320, 240)
_SMALL_BYTES: Final = 15_000  # as base64 it has to fit into its row
_QUALITIES: Final = (78, 66, 54, 42, 30, 18)
_HEAD: Final = 12  # bytes that tell what a file is
_PIXELS_MOST: Final = 400_000_000  # of a JPEG, which is read at an eighth of its size
_HEIF: Final = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif")
# Of EXIF: when it was taken, with which offset; the table of the place and what is in it.
_EXIF, _TAKEN, _OFFSET, _GPS = 0x8769, 0x9003, 0x9011, 0x8825
_LAT_REF, _LAT, _LON_REF, _LON, _STATUS = 1, 2, 3, 4, 9
# What the library of pictures says of bytes that are no picture, or half of one.
_BROKEN: Final = (SyntaxError, ValueError, TypeError, EOFError, IndexError, struct.error)


def read_pictures(paths: tuple[Path, ...]) -> tuple[Photo, ...]:
    """Reads chosen files in their order. UserError names the first that is no photograph,
    OutsideError one that cannot be read."""
    return tuple(_picture(path) for path in paths)


def _picture(path: Path) -> Photo:
    try:
        with path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            head = file.read(_HEAD)
        stat = path.stat()
    except OSError as fault:
        raise _unreadable(path) from fault
    if not head:
        raise UserError(f"{path.name} 是空文件（0 字节），请重新拍摄，或者检查存储卡。")
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        raise UserError(
            f"{path.name} 是 HEIC 格式，不能采用：请把相机设为“兼容性最佳”（JPEG）后重新拍摄。"
        )
    mime, exif, small = _seen(path, head)
    lat, lon = _place(exif)
    return Photo(
        name=path.name,
        sha256=sha,
        size=stat.st_size,
        mime=mime,
        thumbnail=_encoded(small),
        taken=_taken(exif) or datetime.fromtimestamp(stat.st_mtime, COURT_ZONE),
        lat_e7=lat,
        lon_e7=lon,
    )


def _seen(path: Path, head: bytes) -> tuple[str, Any, Any]:
    """Its kind, what the camera wrote into it, and the small picture, upright."""
    # Imported here: the library of pictures is loaded where there is one.
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    try:
        with _opened(path, head) as image:
            mime = MIMES.get(image.format or "")
            if mime is None:
                raise UserError(f"{path.name} 不是照片（JPEG、PNG、WebP）。")
            exif = image.getexif()
            if image.width * image.height > _PIXELS_MOST:
                raise Image.DecompressionBombError(path.name)
            # A JPEG is unpacked no larger than needed: whole, 200 megapixels take 600 MB.
            image.draft("RGB", (2 * _SMALL[0], 2 * _SMALL[0]))
            image.thumbnail((2 * _SMALL[0], 2 * _SMALL[0]))
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail(_SMALL)
    except Image.DecompressionBombError as fault:
        raise UserError(f"{path.name} 像素过多，不能采用：请调低相机像素后重拍。") from fault
    except UnidentifiedImageError as fault:
        raise UserError(f"{path.name} 不是照片，或者已经损坏。") from fault
    except OSError as fault:
        if fault.errno is not None:
            raise _unreadable(path) from fault
        raise UserError(f"{path.name} 不完整或者已经损坏，请重新拍摄。") from fault
    except _BROKEN as fault:
        raise UserError(f"{path.name} 不完整或者已经损坏，请重新拍摄。") from fault
    return mime, exif, small


def _opened(path: Path, head: bytes) -> Any:
    from PIL import Image, JpegImagePlugin  # noqa: PLC0415  As above.

    if head.startswith(b"\xff\xd8\xff"):
        # Its first picture, where a telephone put a second one behind it (MPO); and past the limit
        # of pixels for all kinds, which a telephone's largest pictures are over.
        return JpegImagePlugin.JpegImageFile(str(path))
    return Image.open(path)


def _unreadable(path: Path) -> OutsideError:
    return OutsideError(f"照片无法读取：{path.name}。请检查存储卡是否还在，然后重新选择。")


def _encoded(small: Any) -> str:
    body = b""
    for quality in _QUALITIES:
        held = BytesIO()
        small.save(held, "JPEG", quality=quality, optimize=True)
        body = held.getvalue()
        if len(body) <= _SMALL_BYTES:
            break
    else:
        return ""
    return base64.b64encode(body).decode()


def _taken(exif: Any) -> datetime | None:
    """By the camera's clock; without an offset it is taken for the court's."""
    try:
        told = exif.get_ifd(_EXIF)
        text, offset = str(told.get(_TAKEN, "")), str(told.get(_OFFSET, ""))
        at = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 (next line)
        zoned = datetime.fromisoformat(f"{at.isoformat()}{offset.strip()}")
    except (*_BROKEN, KeyError, OSError):
        return None
    return zoned if zoned.tzinfo is not None else at.replace(tzinfo=COURT_ZONE)


def _place(exif: Any) -> tuple[int | None, int | None]:
    """Nothing for a camera that had no fix: it writes that it is void, or noughts."""
    try:
        told = exif.get_ifd(_GPS)
        lat = _degrees(told[_LAT]) * (-1 if str(told[_LAT_REF]).startswith("S") else 1)
        lon = _degrees(told[_LON]) * (-1 if str(told[_LON_REF]).startswith("W") else 1)
    except (*_BROKEN, KeyError, OSError, ZeroDivisionError, OverflowError):
        return None, None
    if str(told.get(_STATUS, "")).startswith("V") or lat == lon == 0:
        return None, None
    return (lat, lon) if abs(lat) <= 900_000_000 and abs(lon) <= 1_800_000_000 else (None, None)


def _degrees(parts: Any) -> int:
    """Degrees, minutes, seconds in 10⁻⁷ of a degree."""
    degrees, minutes, seconds = (float(part) for part in parts)
    return round((degrees + minutes / 60 + seconds / 3600) * 10_000_000)
