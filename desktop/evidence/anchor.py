"""What a circular says about the ledger it was made from, as words and as a code on paper (X10).

The head of the hub's audit chain, printed on sheets that other courts hold, convicts whoever
rewrites the chain later: the link at its number is no longer the printed one. A desk without a hub
has no chain; its code holds the snapshot alone in place, and the sheet says so.
"""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from desktop.circulars.official import Anchor
from desktop.errors import UserError
from desktop.evidence.snapshot import ChainHead
from storage.hub.chain_verifier import GENESIS, Head, Report, head_code

# Only digits, capitals and : . so that the code stays coarse enough for any telephone.
_WORD: Final = "EDESK1"
_PAYLOAD: Final = re.compile(
    r"EDESK1:([A-Z]):([0-9W.-]{1,12}):S:([0-9A-F]{64})(?::C:([1-9][0-9]{0,17}):([0-9A-F]{64}))?"
)
KINDS: Final = {"W": "执行信访周通报", "O": "超期、消极执行通报"}


class HasHead(Protocol):
    """A hub as far as its chain is concerned (storage.sync.postgres.PostgresRemote)."""

    def chain_head(self) -> tuple[int, str] | None:
        """Number and hash of the newest link, None before the first."""
        ...


@dataclass(frozen=True, slots=True)
class Payload:
    """What a code says. `kind`: key of KINDS; `label`: the week or the day; `head` None on a sheet
    of a desk that worked alone."""

    kind: str
    label: str
    sha256: str
    head: ChainHead | None

    def text(self) -> str:
        """As it stands in the code."""
        told = f"{_WORD}:{self.kind}:{self.label}:S:{self.sha256.upper()}"
        if self.head is None:
            return told
        return f"{told}:C:{self.head.seq}:{self.head.link.upper()}"


def head_of_hub(remote: HasHead) -> ChainHead | None:
    """The newest link now; what was decided so far is linked first. Network lane; raises
    SyncFault."""
    found = remote.chain_head()
    return None if found is None else ChainHead(*found)


def anchor_of(payload: Payload) -> Anchor:
    """The code and the words beside it."""
    sha = f"数据快照指纹 {_grouped(payload.sha256[:32])}"
    if payload.head is None:
        return Anchor(
            (
                "本码只锁定数据快照；制作时未接入共享库，没有审计链链头",
                sha,
            ),
            payload.text(),
        )
    head = payload.head
    return Anchor(
        (
            f"审计链链头（固定数据时）第{head.seq}环",
            head_code(head.seq, head.link),
            sha,
        ),
        payload.text(),
    )


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4)).upper()


def parse_payload(text: str) -> Payload:
    """What was read from a sheet; spaces and small letters do not matter. UserError for what is
    no such code."""
    found = _PAYLOAD.fullmatch(re.sub(r"\s", "", text).upper())
    if found is None:
        raise UserError("不是通报页脚的编码：应以 EDESK1 开头，请核对是否抄录完整。")
    kind, label, sha, seq, link = found.groups()
    if kind not in KINDS:
        raise UserError(f"编码中的通报种类“{kind}”无法识别。")
    head = None if seq is None else ChainHead(int(seq), link.lower())
    return Payload(kind, label, sha.lower(), head)


def head_to_check(payload: Payload) -> Head:
    """What the chain's verifier asks for; UserError where the sheet bears no head."""
    if payload.head is None:
        raise UserError(
            "这份通报制作时未接入共享库，页脚编码没有审计链链头，只能核对数据快照指纹。"
        )
    assert len(payload.head.link) == len(GENESIS)
    return Head(payload.head.seq, payload.head.link)


def verdict_words(payload: Payload, report: Report) -> str:
    """One sentence about the sheet and the chain, for whoever holds the sheet."""
    what = f"{KINDS[payload.kind]}（{payload.label}）"
    if report.heads:
        return f"不符！{what}所印链头与现在的审计链对不上：审计链在制作该通报之后被改写过。"
    if report.broken is not None:
        return f"审计链本身已断，{what}所印链头未能核实到底。"
    return f"相符：{what}所印链头仍在审计链中，制作该通报之前的记录未被改写。"
