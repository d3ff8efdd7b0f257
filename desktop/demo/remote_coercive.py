"""Coercive measures of the demo's day: three before the president, a detention that runs, and a
summons carried out before it was approved. Writer thread; no Qt."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Final

from desktop.command.measures.carrying import Carry, carry
from desktop.demo.ids import IdMaker
from desktop.demo.paper_desk import PaperDesk
from desktop.demo.pen import FILE, PASSPHRASE, ROOTS, Pen
from desktop.demo.remote_scenes import picture
from storage.ids import drawn_by, new_id
from storage.records.people import Post

if TYPE_CHECKING:
    from desktop.demo.remote import Remote
    from desktop.demo.staff import Member
    from desktop.demo.story import Told

_SALT: Final = 35
_CASES_NEEDED: Final = 5
_THUMB: Final = (288, 162)
_SCENES: Final = ("building", "corridor", "gate")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_VIEWS: Final = {
    "warned": "两次书面告诫，均由本人签收；电话责令三次，录音附卷。",
    "team_view": "事实清楚，证据充分，团队三人一致同意报请批准。",
    "leader_view": "同意团队意见，报院长批准。",
}
_DETAINED: Final = "擅自将已查封的两台数控机床转移出厂，经责令拒不追回。"
_HIDDEN: Final = "以虚构租赁合同阻挠腾房，并隐匿已查封的车辆。"
_FINED: Final = "收到报告财产令后虚假报告，隐瞒应收账款三笔。"
_CALLED: Final = "两次传票均由本人签收，届时未到且未说明理由。"
_FLED: Final = "经两次传唤拒不到场，并订购当日离境机票。"


def make(scene: Remote) -> None:
    """All of them; a small city without enough people among its debtors has none."""
    told = [one for one in scene.cases[1:] if "公司" not in one.debtor]
    if len(told) < _CASES_NEEDED:
        return
    # Ids of their own, so that events of a case are the same whatever papers the city has.
    today = scene.world.days.today
    with drawn_by(IdMaker(today.toordinal() * 31 + _SALT, today)):
        desk = _desk(scene)
        _Court(scene, desk).play(told[:_CASES_NEEDED])


def _desk(scene: Remote) -> PaperDesk:
    rng = Random(scene.world.days.today.toordinal() * 31 + _SALT)
    return PaperDesk(scene.connection, scene.world, rng, _pen(scene))


def _pen(scene: Remote) -> Pen | None:
    """The certificate that the city's papers were signed with, where they were."""
    path = scene.folder.absolute() / FILE
    if not path.exists():
        return None
    from desktop.circulars.signers import signer_from_file  # noqa: PLC0415  Slow to load.

    return Pen(path, scene.folder.absolute() / ROOTS, signer_from_file(path, PASSPHRASE))


class _Court:
    """Whoever decides and whoever carries out, with the demo's day before them."""

    def __init__(self, scene: Remote, desk: PaperDesk) -> None:
        self.scene, self.desk = scene, desk
        self.president = desk.holder(Post.PRESIDENT)

    def play(self, told: list[Told]) -> None:
        """The oldest first, since numbers run with the days."""
        fled, held, first, second, third = told
        self._violated(fled)
        self._detained(held)
        for n, (case, kind, values) in enumerate(
            (
                (first, "fine_decision", {"facts": _FINED, "amount": "8000000", **self._pay_by()}),
                (second, "summons", {"facts": _CALLED, "place": "本院执行指挥中心询问室"}),
                (third, "detention_decision", {"facts": _HIDDEN, "days": "15"}),
            )
        ):
            self._evidence(case, n)
            self._sent(case, kind, values, 1)

    # Papers

    def _judge(self, case: Told) -> Member:
        return self.desk.team_of(case).handlers[0]

    def _pay_by(self) -> dict[str, str]:
        return {"pay_by": self.scene.world.days.after(self.desk.today, 14).isoformat()}

    def _sent(self, case: Told, kind: str, values: dict[str, str], days: int) -> str:
        """Drafted and sent to the president so many days ago; gives its id."""
        judge, day = self._judge(case), self.desk.ago(days)
        words = {"person": case.debtor, **values, **_VIEWS}
        made = self.desk.draft(kind, words, judge, day, case=case)
        self.desk.send(made, judge, day)
        return made

    def _approved(self, paper: str, days: int) -> None:
        """By the president, over the pages that he saw."""
        self.desk.approved(paper, self.president, self.desk.ago(days), "同意。")

    def _did(self, case: Told, paper: str, act: str, when: datetime, **more: Any) -> None:
        judge = self._judge(case)
        moment = max(when, self.scene.now)
        carry(self.scene.connection, Carry(paper, act, judge.id, when, moment, device="", **more))

    # Stories

    def _violated(self, case: Told) -> None:
        """Brought in before the president approved, who did so an hour later."""
        values = {"facts": _FLED, "place": "本院执行指挥中心询问室"}
        paper = self._sent(case, "summons", values, 4)
        sent = self.desk.at(self.desk.ago(4))
        begun = sent + timedelta(minutes=1)
        self._did(
            *(case, paper, "execute", begun),
            body="当事人已在前往机场途中，情况紧急，先行拘传，随即报告。",
        )
        self._approved(paper, 4)
        self._did(case, paper, "finish", begun + timedelta(hours=6), body="询问完毕，已离开")

    def _detained(self, case: Told) -> None:
        """Executed yesterday: the family is to be told within hours, the end runs."""
        self._evidence(case, 4)
        values = {"facts": _DETAINED, "days": "10"}
        paper = self._sent(case, "detention_decision", values, 3)
        self._approved(paper, 2)
        signed = self.desk.signed(paper, self._judge(case), self.desk.ago(2))
        begun = (self.scene.now - timedelta(hours=20)).replace(second=0, microsecond=0)
        self._did(case, paper, "execute", begun, body="在其住处执行，未反抗。", served=signed)
        where = "送市拘留所看管，值班民警接收，收拘回执附卷。"
        self._did(case, paper, "hand_over", begun + timedelta(hours=2), body=where)

    def _evidence(self, case: Told, n: int) -> None:
        """Two photographs and the record of what was found."""
        judge = self._judge(case)
        record = (
            "现场未见查封标的，封条已被撕毁。在场人员陈述标的系被执行人指使拖走。"
            "笔录经其阅读无误后签名捺印。"
        )
        warned = "当面告诫被执行人不得转移、隐匿查封财产，被执行人签收告诫书。"
        for minutes, body in ((0, record), (-_DAY, warned)):
            log = {
                "id": new_id(),
                "case_id": case.case_id,
                "author_id": judge.id,
                "kind": "act",
                "body": body,
            }
            self.scene.put("execution_log", {**log, "at": self.scene.ago((3 + n) * _DAY - minutes)})
        for k in range(2):
            photo = _thumbnail(_SCENES[(n + k) % len(_SCENES)])
            self.scene.put(
                "attachment",
                {
                    "id": new_id(),
                    "case_id": case.case_id,
                    "sha256": hashlib.sha256(photo).hexdigest(),
                    "size": len(photo),
                    "mime": "image/jpeg",
                    "name": f"现场照片{k + 1}.jpg",
                    "thumbnail": base64.b64encode(photo).decode("ascii"),
                },
            )


@cache
def _thumbnail(scene: str) -> bytes:
    """Drawing one takes a while, so the cases share them."""
    from PIL import Image  # noqa: PLC0415  Slow to load, and only for the demo.

    with Image.open(io.BytesIO(picture(scene, _SALT, ""))) as large:
        small = large.convert("RGB").resize(_THUMB)
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=72)
    return kept.getvalue()
