"""Sealed files: one officer's device and the hub, carried by hand. Pure but for `write_file`.

A file is a magic, the length of its header, the header as JSON, then nonce and ciphertext
(AES-256-GCM over the compressed texts, the header bound in). Sealing keeps strangers from reading;
what proves the maker is the header's HMAC-SHA-256, whose key only the hub and the device hold.
"""

import hashlib
import hmac
import json
import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.faults import ReplicaFault

Kind = Literal["out", "reply", "pack"]
_MAGIC: Final = b"EDX1"
_NONCE: Final = 12
_LENGTH: Final = struct.Struct(">I")
_HEADER_MAX: Final = 4_096
# A file cannot unfold to more: the hub makes no text longer than a gigabyte either.
_UNFOLDED_MAX: Final = 1 << 30
DAMAGED: Final = "文件已损坏、不完整或被改动，没有采用任何内容。"


class SealFault(ReplicaFault):
    """A file is refused; the sentence says why. Nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands outside in clear. `number` counts the files of one direction; a pack has 0."""

    kind: Kind
    hub: str
    device: str
    who: str
    number: int
    mac: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """An opened file. `head` is what the MAC covers; `parts` are proven by what it says of them."""

    header: Header
    head: str
    parts: tuple[str, ...]


def seal_key(file_key: str) -> bytes:
    """The key that seals, out of the device's key for the hub (hex)."""
    return _derived(file_key, b"edesk file seal")


def mac_key(file_key: str) -> bytes:
    """The key that proves the maker."""
    return _derived(file_key, b"edesk file mac")


def _derived(file_key: str, use: bytes) -> bytes:
    return HKDFExpand(SHA256(), 32, use).derive(bytes.fromhex(file_key))


def text_hash(text: str) -> str:
    """SHA-256 of a text as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def mac_of(key: bytes, header: Header, head: str) -> str:
    """The signature over everything that says what a file is; sync.file_mac makes the same."""
    said = "|".join(
        (
            *("edesk-file-1", header.kind, header.hub, header.device, header.who),
            *(str(header.number), text_hash(head)),
        )
    )
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def seal(key: bytes, header: Header, head: str, parts: Sequence[str] = ()) -> bytes:
    """The whole file."""
    clear = json.dumps(asdict(header), ensure_ascii=False, separators=(",", ":")).encode()
    folded = zlib.compressobj(6)
    made = []
    for text in (head, *parts):
        body = text.encode()
        made += [folded.compress(_LENGTH.pack(len(body))), folded.compress(body)]
    made.append(folded.flush())
    nonce = os.urandom(_NONCE)
    outside = _MAGIC + _LENGTH.pack(len(clear)) + clear
    return outside + nonce + AESGCM(key).encrypt(nonce, b"".join(made), outside)


def read_header(data: bytes) -> Header:
    """What a file says of itself; not proven yet. Raises SealFault."""
    return _header(data)[0]


def unseal(key: bytes, data: bytes) -> Sealed:
    """The content of a file. Raises SealFault when a single bit is not as it was sealed."""
    header, end = _header(data)
    try:
        nonce, body = data[end : end + _NONCE], data[end + _NONCE :]
        folded = AESGCM(key).decrypt(nonce, body, data[:end])
    except (InvalidTag, ValueError) as error:
        raise SealFault(DAMAGED) from error
    texts = _unfolded(folded)
    return Sealed(header, texts[0], tuple(texts[1:]))


def prove(key: bytes, found: Sealed, index: Sequence[Sequence[object]]) -> None:
    """Whether head and parts come from the holder of `key`. Raises SealFault.

    `index`: what the head says of its parts; the last item of each is the fingerprint.
    """
    if not hmac.compare_digest(mac_of(key, found.header, found.head), found.header.mac):
        raise SealFault("文件的签名不符：它不是共享库为本机写出的，没有采用任何内容。")
    if [text_hash(part) for part in found.parts] != [one[-1] for one in index]:
        raise SealFault(DAMAGED)


def write_file(path: Path, data: bytes) -> None:
    """Writes beside, then renames: a file is there whole or not at all. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _header(data: bytes) -> tuple[Header, int]:
    at = len(_MAGIC) + _LENGTH.size
    if data[: len(_MAGIC)] != _MAGIC:
        raise SealFault("这不是执行指挥台的离线文件，没有采用任何内容。")
    try:
        (length,) = _LENGTH.unpack(data[len(_MAGIC) : at])
        if length > _HEADER_MAX or at + length > len(data):
            raise SealFault(DAMAGED)
        told = json.loads(data[at : at + length])
        header = Header(**told)
    except (ValueError, TypeError, struct.error) as error:
        raise SealFault(DAMAGED) from error
    texts = (header.hub, header.device, header.who, header.mac)
    if header.kind not in get_args(Kind) or not all(isinstance(one, str) for one in texts):
        raise SealFault(DAMAGED)
    if not isinstance(header.number, int):
        raise SealFault(DAMAGED)
    return header, at + length


def _unfolded(folded: bytes) -> list[str]:
    try:
        unfold = zlib.decompressobj()
        flat = unfold.decompress(folded, _UNFOLDED_MAX)
        if not unfold.eof:
            raise SealFault(DAMAGED)
        texts, at = [], 0
        while at < len(flat):
            (length,) = _LENGTH.unpack_from(flat, at)
            at += _LENGTH.size
            texts.append(flat[at : at + length].decode())
            at += length
    except (zlib.error, struct.error, UnicodeDecodeError) as error:
        raise SealFault(DAMAGED) from error
    if not texts or at != len(flat):
        raise SealFault(DAMAGED)
    return texts
