"""Free typefaces for official documents, made once in the user's own font folder.

GB/T 9704—2012 asks for 小标宋, 仿宋, 楷体, 黑体 and 宋体. Where a court has not bought them, the
Fandol family stands in (GPL with font exception). Debian carries it as PostScript outlines within
texlive-lang-chinese; PDFs are written with TrueType outlines, so they are redrawn with quadratic
curves, at most a thousandth of the character's size away. Nothing of TeX is installed.

Run by the set-up; done at once when they are there. Ends with 0 also where they cannot be had:
documents then use what is there, and say which typeface stood in.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

PACKAGE: Final = "texlive-lang-chinese"
NAMES: Final = (
    "FandolSong-Bold",
    "FandolSong-Regular",
    "FandolFang-Regular",
    "FandolKai-Regular",
    "FandolHei-Regular",
)
ERROR_MAX: Final = 1.0  # units of a thousandth of the character's size
_TRUETYPE: Final = "\x00\x01\x00\x00"
_NO_NAMES: Final = 3.0  # format of the table `post` without names of glyphs


def folder() -> Path:
    """Where the typefaces lie; fontconfig and the desk both look there."""
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "fonts" / "edesk"


def redraw(source: Path, target: Path) -> None:
    """Writes `source`, a font with PostScript outlines, to `target` with TrueType outlines."""
    # The same file on every machine: what is embedded makes part of a document's bytes.
    font = TTFont(source, recalcTimestamp=False)
    order = font.getGlyphOrder()
    outlines = font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, ERROR_MAX, reverse_direction=True))
        glyphs[name] = pen.glyph()
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, glyphs
    font["post"].formatType = _NO_NAMES
    font["maxp"] = _limits(len(order))
    font.sfntVersion = _TRUETYPE
    whole = target.with_suffix(".part")
    font.save(whole)
    whole.replace(target)


def _limits(count: int) -> object:
    """The table `maxp` of a font without instructions; the sizes are reckoned when it is saved."""
    made = newTable("maxp")
    made.tableVersion, made.numGlyphs, made.maxZones = 0x00010000, count, 1
    for name in (
        "maxPoints",
        "maxContours",
        "maxCompositePoints",
        "maxCompositeContours",
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
        "maxComponentDepth",
    ):
        setattr(made, name, 0)
    return made


def fetch(into: Path) -> list[Path]:
    """The PostScript fonts out of Debian's package. Raises OSError or CalledProcessError."""
    try:
        _download(into)
    except subprocess.CalledProcessError:
        # A fresh machine has no list of packages yet.
        subprocess.run(["apt-get", "update", "-qq"], check=True, capture_output=True)
        _download(into)
    (package,) = into.glob(f"{PACKAGE}_*.deb")
    with (
        subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE
        ) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive,
    ):
        for member in archive:
            if Path(member.name).stem in NAMES and member.name.endswith(".otf"):
                content = archive.extractfile(member)
                assert content is not None
                (into / Path(member.name).name).write_bytes(content.read())
    return sorted(into.glob("*.otf"))


def _download(into: Path) -> None:
    subprocess.run(
        ["apt-get", "download", "-qq", PACKAGE], cwd=into, check=True, capture_output=True
    )


def provide(target: Path) -> list[str]:
    """Makes what is missing in `target`; gives the names that were made."""
    missing = [name for name in NAMES if not (target / f"{name}.ttf").is_file()]
    if not missing:
        return []
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        found = {path.stem: path for path in fetch(Path(name))}
        with ProcessPoolExecutor(min(len(missing), os.cpu_count() or 1)) as workers:
            done = [
                workers.submit(redraw, found[one], target / f"{one}.ttf")
                for one in missing
                if one in found
            ]
            for one in done:
                one.result()
    return [name for name in missing if name in found]


def main(arguments: list[str]) -> int:
    """Says in a line what was done; never stands in the way of the set-up. With `--where` it says
    where the typefaces lie, and does nothing."""
    target = folder()
    if arguments == ["--where"]:
        print(target)
        return 0
    if all((target / f"{name}.ttf").is_file() for name in NAMES):
        return 0
    print("Preparing typefaces for official documents (once) ...", flush=True)
    try:
        made = provide(target)
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"The free typefaces of {PACKAGE} could not be had ({error}); documents use the"
            " typefaces that are installed, and say which one stood in.",
            file=sys.stderr,
        )
        return 0
    print(f"{len(made)} typefaces in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
