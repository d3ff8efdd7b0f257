"""Names of files and matters, as papers and pages write them. Pure; any thread."""

from typing import Final

_NAME_BYTES_MAX: Final = 180


def file_name(*parts: str, suffix: str = ".pdf") -> str:
    """A file name all systems take, from a case number and other words."""
    joined = "_".join(part for part in parts if part)
    safe = "".join("-" if char in '\\/:*?"<>|\n\r\t' else char for char in joined)
    while len(safe.encode()) > _NAME_BYTES_MAX:
        safe = safe[:-1]
    return safe + suffix


def subject_words(subject: str) -> str:
    """The matter of a node in brackets; a repeated round (`x#2`) is told as the second time."""
    if not subject:
        return ""
    name, _, round_ = subject.partition("#")
    told = "，".join(part for part in (name, f"第 {round_} 次" if round_ else "") if part)
    return f"（{told}）"
