"""Certificate, seal and signature of this desk as work of the layout lane. No Qt.

The passphrase comes with each piece of work and goes with it; nothing here keeps it, and no text
of an object shows it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.circulars.official import Official
from desktop.documents.pages import Laid, laid_out
from desktop.errors import UserError

if TYPE_CHECKING:  # pyHanko takes long to load; a session may end without a signature.
    from desktop.circulars.signers import Signer


@dataclass(frozen=True, slots=True)
class Pen:
    """What this desk signs with: a certificate file, or a token where a driver is named."""

    certificate: str = ""
    module: str = ""
    token: str = ""
    label: str = ""
    seal_picture: str = ""
    time_stamps: str = ""

    @property
    def words(self) -> str:
        """Where the certificate lies; nothing where none is set."""
        if self.module:
            return f"密码设备 {self.token or Path(self.module).name}"
        return f"证书文件 {Path(self.certificate).name}" if self.certificate else ""


def pen_of(setting: Callable[[str], str]) -> Pen:
    """The pen as it is set; `setting` gives a setting's value."""
    return Pen(
        certificate=setting("signing_certificate").strip(),
        module=setting("signing_module").strip(),
        token=setting("signing_token").strip(),
        label=setting("signing_key_label").strip(),
        seal_picture=setting("seal_picture").strip(),
        time_stamps=setting("time_stamp_address").strip(),
    )


@dataclass(frozen=True, slots=True)
class SignPages:
    """`pages` are signed as they are. `court`: whose seal is drawn where no picture is set."""

    pages: bytes
    pen: Pen
    pin: str = field(repr=False)
    court: str
    reason: str
    at: datetime
    seal: bool = True


@dataclass(frozen=True, slots=True)
class SignDocument:
    """The pages of `work` are first held against what `document` gives."""

    document: Official
    work: SignPages


@dataclass(frozen=True, slots=True)
class SignedPages:
    """The signed file, and the proof that its pages are those of a document."""

    file: bytes
    laid: Laid


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """A trial reading at a moment."""

    pen: Pen
    pin: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """Whose certificate it is and how long it holds; `wrong` says why it may not sign."""

    who: str
    issuer: str
    first: datetime
    last: datetime
    specimen: bool
    wrong: str


def sign_pages(args: SignPages) -> bytes:
    """The signed file, which begins with `pages`. UserError for a wrong PIN, certificate or seal;
    OutsideError where token or time stamps fail."""
    from desktop.circulars.seal import court_seal  # noqa: PLC0415  As above.
    from desktop.circulars.signature import sign  # noqa: PLC0415

    seal = None
    if args.seal:
        seal = court_seal(args.court, picture=_picture(args.pen.seal_picture))
    with _signer(args.pen, args.pin) as signer:
        return sign(
            args.pages,
            signer,
            seal=seal,
            reason=args.reason,
            at=args.at,
            time_stamps=args.pen.time_stamps,
        )


def sign_document(args: SignDocument) -> SignedPages:
    """As `sign_pages`, for pages that the document gives at this moment; else UserError."""
    laid = laid_out(args.document, args.work.pages)
    return SignedPages(sign_pages(args.work), laid)


def read_certificate(args: ReadCertificate) -> CertificateWords:
    """试读证书. UserError for a wrong PIN or a file that is none."""
    from desktop.circulars.signers import name_of  # noqa: PLC0415  As above.

    with _signer(args.pen, args.pin) as signer:
        wrong = ""
        try:
            signer.require(args.at)
        except UserError as refusal:
            wrong = str(refusal)
        certificate = signer.certificate
        return CertificateWords(
            signer.who,
            name_of(certificate.issuer),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            signer.specimen,
            wrong,
        )


@contextmanager
def _signer(pen: Pen, pin: str) -> Iterator["Signer"]:
    from desktop.circulars.signers import (  # noqa: PLC0415  As above.
        Token,
        signer_from_file,
        signer_from_token,
    )

    if pen.module:
        token = Token(Path(pen.module), label=pen.token, certificate=pen.label)
        with signer_from_token(token, pin) as signer:
            yield signer
    elif pen.certificate:
        yield signer_from_file(Path(pen.certificate), pin)
    else:
        raise UserError("尚未设定签名证书，请在“签名设置”中选定证书文件或密码设备。")


def _picture(path: str) -> bytes:
    if not path:
        return b""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"印章图片无法读取：{path}。") from error
