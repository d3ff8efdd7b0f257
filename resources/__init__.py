"""Files that ship with the desk: styles, rule data, calendars, profiles, icons, translations.

`path("law/nodes.toml")` is the only way code finds one, so a source tree, a wheel and a frozen
build agree.
"""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The absolute path of the resource `name` (POSIX style, relative to `resources/`).

    Raises FileNotFoundError when the build left the file out.
    """
    found = _ROOT / name
    if not found.exists():
        raise FileNotFoundError(f"resource missing from this build: {name}")
    return found
