"""Which layout a file has, from what it holds. Any thread."""

from pathlib import Path

from desktop.errors import UserError
from desktop.funds.statements.heading import find_heading
from desktop.funds.statements.profiles import Profile, profile, profiles
from desktop.funds.statements.rows import read_bytes, table_rows


def guess(path: Path) -> Profile:
    """The layout most of whose heads the file has; of several the plainest. UserError when no
    layout fits."""
    data = read_bytes(path)
    start = data[:4_000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if start.startswith(b"<"):
        return profile("camt053")
    if start.startswith((b":20:", b"{1:")) or b"\n:20:" in start:
        return profile("mt940")
    rows = table_rows(data, path.name)
    best, most = None, 0
    for one in sorted(profiles(), key=lambda one: (not one.name.startswith("generic"), one.name)):
        heading = find_heading(rows, one) if one.format == "table" else None
        if heading is not None and len(heading.columns) > most:
            best, most = one, len(heading.columns)
    if best is None:
        raise UserError(f"“{path.name}”不像任何一种已知的对账单，请选择方案。")
    return best
