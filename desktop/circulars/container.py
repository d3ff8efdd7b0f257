"""The bytes of one signature in a PDF, looked at closely: what its digest covers and what not.

A signature's digest leaves out the place where the signature itself stands (ISO 32000-2, 12.8.1).
Readers pass over what is changed there if the signature still reads the same: padding, spelling of
hexadecimal digits, fields that nothing signs. Here each of those counts as a change. Pure.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from asn1crypto import algos, cms

# One case of letters throughout: a single letter in the other one was changed afterwards.
_HEX: Final = re.compile(rb"<(?:[0-9a-f]*|[0-9A-F]*)>")
_ATTRIBUTES: Final = frozenset({"signature_time_stamp_token"})


def covered_end(data: bytes, byte_range: Sequence[int]) -> int | None:
    """Where the signed bytes end; None unless they are all bytes up to there but for one
    hexadecimal string."""
    if len(byte_range) != 4:
        return None
    begin, before, after, rest = (int(value) for value in byte_range)
    end = after + rest
    if begin != 0 or not 0 < before < after <= end <= len(data):
        return None
    return end if _HEX.fullmatch(data, before, after) else None


def contents(data: bytes, byte_range: Sequence[int]) -> bytes:
    """The signature and its padding. Call `covered_end` first."""
    _begin, before, after, _rest = byte_range
    return bytes.fromhex(data[before + 1 : after - 1].decode("ascii"))


def well_formed(held: bytes) -> bool:
    """Whether a signature is padded with zeros alone, and holds nothing that neither its
    own digest nor a rule of RFC 5652 fixes."""
    info = cms.ContentInfo.load(held)
    der = info.dump()
    if not held.startswith(der) or held[len(der) :].strip(b"\0"):
        return False
    if info["content_type"].native != "signed_data":
        return False
    if info.contents != info["content_type"].dump() + info["content"].dump():
        return False  # its length takes in some of the padding
    return _fixed(info["content"])


def _fixed(signed: Any) -> bool:
    if len(signed["signer_infos"]) != 1:
        return False
    (one,) = signed["signer_infos"]
    by_issuer = one["sid"].name == "issuer_and_serial_number"
    plain = signed["encap_content_info"]["content_type"].native == "data"
    digest = one["digest_algorithm"]["algorithm"].native
    listed = [named["algorithm"].native for named in signed["digest_algorithms"]]
    unsigned = {attribute["type"].native for attribute in one["unsigned_attrs"]}
    return (
        one["version"].native == ("v1" if by_issuer else "v3")
        and signed["version"].native == ("v1" if by_issuer and plain else "v3")
        and listed == [digest]
        and all(_without_parameters(named) for named in signed["digest_algorithms"])
        and _without_parameters(one["digest_algorithm"])
        and unsigned <= _ATTRIBUTES
        and (not by_issuer or _names_its_certificate(one["sid"].chosen, signed["certificates"]))
    )


def _names_its_certificate(named: Any, certificates: Any) -> bool:
    """By the very bytes: names are compared without regard to case otherwise."""
    issuer, serial = named["issuer"].dump(), named["serial_number"].native
    return any(
        one.chosen.serial_number == serial and one.chosen.issuer.dump() == issuer
        for one in certificates
        if one.name == "certificate"
    )


def _without_parameters(named: algos.DigestAlgorithm) -> bool:
    return named["parameters"].native is None
