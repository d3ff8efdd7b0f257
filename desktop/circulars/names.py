"""File names of papers. Pure; any thread."""

from typing import Final

_NAME_BYTES_MAX: Final = 180


def file_name(*parts: str, suffix: str = ".pdf") -> str:
    """A file name all systems take, from a case number and other words."""
    joined = "_".join(part for part in parts if part)
    safe = "".join("-" if char in '\\/:*?"<>|\n\r\t' else char for char in joined)
    while len(safe.encode()) > _NAME_BYTES_MAX:
        safe = safe[:-1]
    return safe + suffix
