"""Electronic signature of an official document: PAdES (ETSI EN 319 142-1, level B-B), by pyHanko.

What is signed is what was previewed: the signature is appended, and the file begins with exactly
the previewed bytes. Nothing is laid out again. Any thread.

The first signature certifies the document (DocMDP) with permission 2: whoever opens it later sees
that nothing but further signatures may follow. Permission 1 was rejected: organs that sign jointly
sign one after another. An ordinary signature without a permission was rejected, too: a reader
would call a document with pencilled notes on it valid. As certification allows no new field, those
for the organs that sign later are laid down with the first signature, where the document leaves
room for their seals, and each later signature fills the next.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.stamp import StaticStampStyle

from desktop.circulars.geometry import MM
from desktop.circulars.seal import Seal, draw_seal
from desktop.circulars.seal_room import Spot, sealed_spots
from desktop.circulars.signers import COURT_ZONE, Signer
from desktop.errors import OutsideError, UserError

_FIELD: Final = "Seal{}"
_TIMEOUT: Final = 10  # seconds that an authority for time stamps may take


def sign(
    previewed: bytes,
    signer: Signer,
    *,
    seal: Seal | None,
    reason: str,
    at: datetime,
    place: Spot | None = None,
    time_stamps: str = "",
) -> bytes:
    """`previewed` with a signature appended; the result begins with the very same bytes.

    seal: what is seen of it; none for a signature that is not seen. A specimen certificate always
    gives a specimen seal.
    at: the moment of signing, with its zone.
    place: where the seal stands; None where the document tells it itself. Of a joint document the
    organ in charge signs first, the others follow in their order.
    time_stamps: the address of an authority for time stamps (RFC 3161); empty for none.

    Raises UserError where certificate, document or place do not allow it, OutsideError where the
    authority for time stamps or the token fails.
    """
    signer.require(at)
    try:
        reader = PdfFileReader(io.BytesIO(previewed))
        fields = list(enumerate_sig_fields(reader))
        writer = IncrementalPdfFileWriter(io.BytesIO(previewed))
    except (PdfError, ValueError, KeyError, TypeError) as error:
        raise UserError("这个文件不是完整的 PDF，不能签署。") from error
    if seal is not None and signer.specimen:
        seal = replace(seal, specimen=True)
    first = not any(value is not None for _name, value, _field in fields)
    field = _first_field(writer, reader, seal, place) if first else _next_field(fields)
    made = _Signing(
        at.astimezone(COURT_ZONE),
        signer,
        _metadata(field, reason, certify=first),
        seal,
        time_stamps,
    )
    signed = made.on(writer)
    if not signed.startswith(previewed):
        raise AssertionError("the signed file does not begin with the previewed one")
    return signed


def _metadata(field: str, reason: str, *, certify: bool) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        reason=reason or None,
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )


def _first_field(
    writer: IncrementalPdfFileWriter, reader: PdfFileReader, seal: Seal | None, place: Spot | None
) -> str:
    """Lays the fields down and names the one to be filled now."""
    if seal is None:
        append_signature_field(writer, SigFieldSpec(_FIELD.format(1)))
        return _FIELD.format(1)
    spots = [place] if place is not None else sealed_spots(reader, seal.diameter)
    if not spots:
        raise UserError("文件没有为印章留出位置（无署名、日期，或不是本机排印的公文）。")
    for number, spot in enumerate(spots, start=1):
        append_signature_field(writer, _spec(number, spot, seal.diameter))
    return _FIELD.format(1)


def _spec(number: int, spot: Spot, diameter: float) -> SigFieldSpec:
    radius = diameter * MM / 2
    edges = (spot.x - radius, spot.y - radius, spot.x + radius, spot.y + radius)
    box: Any = tuple(round(edge, 3) for edge in edges)
    return SigFieldSpec(_FIELD.format(number), on_page=spot.page, box=box)


def _next_field(fields: Sequence[tuple[str, Any, Any]]) -> str:
    """The first field that is not filled yet."""
    for name, value, _field in fields:
        if value is None:
            return str(name)
    raise UserError("文件已经签署，没有为其他单位留出签名位置，不能再签。")


class _Signer(PdfSigner):
    """Signs at a moment that is handed in."""

    at: datetime

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> Any:
        """As pyHanko's, which looks at the clock."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


@dataclass(frozen=True, slots=True)
class _Signing:
    at: datetime
    signer: Signer
    metadata: PdfSignatureMetadata
    seal: Seal | None
    time_stamps: str

    def on(self, writer: IncrementalPdfFileWriter) -> bytes:
        """The whole file, signed."""
        tool = _Signer(
            self.metadata,
            self.signer.pen,
            timestamper=_stamper(self.time_stamps),
            stamp_style=_style(self.seal),
        )
        tool.at = self.at
        out = io.BytesIO()
        try:
            tool.sign_pdf(writer, existing_fields_only=True, output=out)
        except TimestampRequestError as error:
            raise OutsideError("时间戳服务没有给出时间戳，文件没有签署，请稍后再试。") from error
        except SigningError as error:
            raise UserError("文件的设置不允许再签名。") from error
        return out.getvalue()


def _stamper(address: str) -> Any:
    if not address:
        return None
    # Needs requests, which takes 0.1 s to load.
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper  # noqa: PLC0415

    return RequestsHTTPTimeStamper(address, timeout=_TIMEOUT)  # type: ignore[no-untyped-call]


class _Drawn(PdfContent):
    """The one page of a PDF as what is seen of a signature."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self._page = page

    def render(self) -> bytes:
        """Takes the page into the file."""
        writer = self._ensure_writer
        form = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._page)))
        self.resources.xobject["/Seal"] = form
        _left, _foot, wide, high = form.get_object()["/BBox"]
        self.box = BoxConstraints(width=wide, height=high)
        return b"/Seal Do"


def _style(seal: Seal | None) -> StaticStampStyle:
    middle = AxisAlignment.ALIGN_MID
    return StaticStampStyle(
        border_width=0,
        background=_Drawn(draw_seal(seal)) if seal is not None else None,
        background_layout=SimpleBoxLayoutRule(middle, middle, margins=Margins(0, 0, 0, 0)),
        background_opacity=1.0,
    )
