"""Photographs as they come from a camera: the hash of the original, a small picture, when and where
it was taken. Layout lane; no database.

The original is not touched: what is turned and made small is a copy.
"""

import base64
import hashlib
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
# Of EXIF: when it was taken, with which offset; the table of the place and what is in it.
_EXIF, _TAKEN, _OFFSET, _GPS = 0x8769, 0x9003, 0x9011, 0x8825
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4


def read_pictures(paths: tuple[Path, ...]) -> tuple[Photo, ...]:
    """Reads chosen files in their order. UserError names the first that is no photograph,
    OutsideError one that cannot be read."""
    return tuple(_picture(path) for path in paths)


def _picture(path: Path) -> Photo:
    # Imported here: the library of pictures is loaded where there is one.
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
        stat = path.stat()
        with Image.open(path) as image:
            mime = MIMES.get(image.format or "")
            if mime is None:
                raise UserError(f"{path.name} 不是照片（JPEG、PNG、WebP）。")
            exif = image.getexif()
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail(_SMALL)
    except (UnidentifiedImageError, Image.DecompressionBombError) as fault:
        raise UserError(f"{path.name} 不是照片，或者已经损坏。") from fault
    except OSError as fault:
        raise OutsideError(f"照片无法读取：{path.name}。") from fault
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
    told = exif.get_ifd(_EXIF)
    text, offset = str(told.get(_TAKEN, "")), str(told.get(_OFFSET, ""))
    try:
        at = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 (next line)
        zoned = datetime.fromisoformat(f"{at.isoformat()}{offset.strip()}")
    except ValueError:
        return None
    return zoned if zoned.tzinfo is not None else at.replace(tzinfo=COURT_ZONE)


def _place(exif: Any) -> tuple[int | None, int | None]:
    told = exif.get_ifd(_GPS)
    try:
        lat = _degrees(told[_LAT]) * (-1 if str(told[_LAT_REF]).startswith("S") else 1)
        lon = _degrees(told[_LON]) * (-1 if str(told[_LON_REF]).startswith("W") else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    return (lat, lon) if abs(lat) <= 900_000_000 and abs(lon) <= 1_800_000_000 else (None, None)


def _degrees(parts: Any) -> int:
    """Degrees, minutes, seconds in 10⁻⁷ of a degree."""
    degrees, minutes, seconds = (float(part) for part in parts)
    return round((degrees + minutes / 60 + seconds / 3600) * 10_000_000)
