"""A panel is a folder: when one is deleted its tests go with it, and nothing else notices."""

from pathlib import Path

_TESTS = Path(__file__).parent
_PANELS = _TESTS.parents[1] / "desktop" / "panels"

collect_ignore = [
    folder.name
    for folder in _TESTS.iterdir()
    if folder.is_dir() and not (_PANELS / folder.name / "__init__.py").exists()
]
