"""A certificate for trial beside the demo's store, and what is signed with it. No Qt.

The passphrase stands in the name of the file, so that whoever tries the demo can sign.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from desktop.documents.course import ActArgs
from desktop.documents.pages import Signed, prepare, rendered, store_signature
from desktop.errors import OutsideError

if TYPE_CHECKING:
    from desktop.circulars.signers import Signer

COURT: Final = "洛阳市中级人民法院"
PASSPHRASE: Final = "demo"
FILE: Final = f"演示证书（口令{PASSPHRASE}）.p12"
ROOTS: Final = "演示证书机构"
_OLD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Pen:
    """The opened certificate, where it lies, and the folder of the authority to trust."""

    path: Path
    roots: Path
    signer: "Signer"

    @property
    def settings(self) -> dict[str, str]:
        """What tells the desk of them."""
        return {"signing_certificate": str(self.path), "roots_folder": str(self.roots)}

    def sign(self, connection: Connection, act: ActArgs) -> None:
        """签发 as from the page: prepared, laid out, signed over these bytes, stored."""
        # Slow to load, and only a city with signed papers needs them.
        from desktop.circulars.seal import court_seal  # noqa: PLC0415
        from desktop.circulars.signature import sign  # noqa: PLC0415

        pages = rendered(prepare(connection, act))
        file = sign(pages, self.signer, seal=court_seal(COURT), reason="签发", at=act.at)
        store_signature(connection, Signed(act, pages, file))


def can_print() -> bool:
    """Whether this machine has typefaces; without them the demo's papers stay unsigned."""
    from desktop.circulars.typefaces import typefaces  # noqa: PLC0415  As above.

    try:
        typefaces()
    except OutsideError:
        return False
    return True


def make_pen(folder: Path, today: datetime) -> Pen:
    """Writes certificate and authority into `folder`. OutsideError when that cannot be written."""
    from desktop.circulars.signers import signer_from_file  # noqa: PLC0415  As above.
    from desktop.circulars.specimen import make_specimen  # noqa: PLC0415

    made = make_specimen(COURT, PASSPHRASE, from_=today - _OLD)
    path, roots = folder.absolute() / FILE, folder.absolute() / ROOTS
    try:
        path.write_bytes(made.bundle)
        roots.mkdir(exist_ok=True)
        (roots / "authority.pem").write_bytes(made.authority)
    except OSError as error:
        raise OutsideError(f"演示证书无法写入：{path}。") from error
    return Pen(path, roots, signer_from_file(path, PASSPHRASE))
