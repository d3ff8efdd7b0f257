"""Seizures on the spot in the demo city, one in each state: being filled, signed, verified, and one
in which a thing was found not to be as claimed. All people and things are invented. No Qt."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from desktop.command.seizures.commands import ToMeasure, to_measure
from desktop.command.seizures.content import content_sha256
from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.remote_seizure_scenes import VIEWS, photograph, small
from desktop.rules.receipt_chain import Entry, Link, following
from desktop.rules.seizure_form import Form, Item
from storage.ids import drawn_by
from storage.schema import table

if TYPE_CHECKING:
    from desktop.demo.remote import Remote

_SALT: Final = 84
_E7_STEP: Final = 61_000  # some hundred metres
_TOLD: Final = (
    "执行人员出示执行公务证件，向被执行人宣读并送达裁定书，告知其不得转移、变卖、毁损。"
    "被执行人表示清楚，当场交出钥匙和行驶证件。"
    "现场由见证人全程见证，同步录音录像，未发生争执。"
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One seizure as it is invented. `ends`: what became of each thing after the signature, empty
    for a form that is still being filled."""

    case: int
    team: int
    hours_ago: float
    kind: str
    place: str
    keeper: str
    things: tuple[Item, ...]
    ends: tuple[str, ...]


_PLANS: Final = (
    _Plan(
        *(1, 0, 0.6, "seize", "滨河北路与望春门街口停车场", "洛阳涉案车辆第一停放场"),
        (Item(1, "小型越野客车", "vehicle", "1 辆", "豫CJ5208", "右前翼子板有划痕，能行驶"),),
        (),
    ),
    _Plan(
        *(2, 1, 4.5, "seize", "龙门大道118号院地下一层", "洛阳涉案车辆第一停放场"),
        (
            Item(1, "小型轿车", "vehicle", "1 辆", "豫CF3071", "外观完好，里程表 61,204 公里"),
            Item(2, "车内现金", "cash", "1 包", "封签 0317", "百元面额，当场清点封存", 1_260_000),
        ),
        ("claimed", "claimed"),
    ),
    _Plan(
        *(3, 1, 52.0, "seal", "中州中路306号一层商铺", "被执行人（责令保管）"),
        (Item(1, "临街商铺", "realty", "1 处", "洛房权字第20418号", "现由承租人经营"),),
        ("verified",),
    ),
    _Plan(
        *(4, 2, 98.0, "seize", "工农街道仓库3号库", "洛阳中院执行物资库"),
        (
            Item(1, "瓷砖", "movable", "420 箱", "", "原包装，堆放整齐"),
            Item(2, "叉车", "movable", "1 台", "铭牌 HF-30", "能使用"),
        ),
        ("verified", "denied"),
    ),
)


def make(scene: "Remote") -> None:
    """Writes the four, with a chain of receipts on the device of each team."""
    rng = Random(scene.world.days.today.toordinal() * 31 + _SALT)
    chains: dict[int, list[Link]] = {}
    # Oldest first: the links of a device follow each other as its signatures did.
    for plan in sorted(_PLANS, key=lambda one: -one.hours_ago):
        # A small city has fewer cases and teams at home than seizures.
        at = replace(plan, case=plan.case % len(scene.cases), team=plan.team % len(scene.teams))
        _seizure(scene, at, rng, chains.setdefault(at.team, []))


def _seizure(scene: "Remote", plan: _Plan, rng: Random, chain: list[Link]) -> None:
    told, members = scene.cases[plan.case], scene.members[scene.teams[plan.team].id]
    began = _at(scene, plan.hours_ago)
    officer, second = members[1], members[2]
    things = tuple(
        replace(
            one,
            owner=told.debtor,
            basis="登记在被执行人名下，查询回执附卷" if one.kind == "vehicle" else "",
        )
        for one in plan.things
    )
    form = Form(
        case_id=told.case_id,
        kind=plan.kind,
        place=plan.place,
        lat_e7=346_500_000 + rng.randrange(-9, 10) * _E7_STEP,
        lon_e7=1_124_500_000 + rng.randrange(-9, 10) * _E7_STEP,
        accuracy_dm=rng.randrange(30, 95),
        began=began,
        ended=began + timedelta(minutes=rng.randrange(25, 50)) if plan.ends else None,
        officer_id=officer.id,
        second_id=second.id,
        subject=told.debtor,
        present=f"{told.debtor}；见证人：社区网格员 何某",
        keeper=plan.keeper if plan.ends else "",
        document_no=f"{told.number}之一",
        transcript=_TOLD if plan.ends else _TOLD[:44],
        items=things,
    )
    scope = {"scope": told.scope}
    seizure_id = scene.put("seizure", {**_row(form, plan), **scope})
    items = [
        scene.put("seizure_item", {"seizure_id": seizure_id, **_item(one), **scope})
        for one in things
    ]
    shas = _photos(scene, seizure_id, form, plan, rng)
    if plan.ends:
        _sign(scene, seizure_id, replace(form, photos=shas), chain)
        _verify(scene, items, plan)


def _row(form: Form, plan: _Plan) -> dict[str, Any]:
    kept = (
        *("case_id", "kind", "place", "lat_e7", "lon_e7", "accuracy_dm", "officer_id"),
        *("second_id", "subject", "present", "keeper", "document_no", "transcript"),
    )
    return {
        **{key: getattr(form, key) for key in kept},
        "began_at": "" if form.began is None else _text(form.began),
        "ended_at": None if form.ended is None else _text(form.ended),
        "photos_needed": sum(len(VIEWS[one.kind]) for one in plan.things),
    }


def _item(one: Item) -> dict[str, Any]:
    kept = ("n", "name", "kind", "quantity", "mark", "condition", "value_fen", "owner", "basis")
    return {key: getattr(one, key) for key in kept}


def _photos(
    scene: "Remote", seizure_id: str, form: Form, plan: _Plan, rng: Random
) -> tuple[str, ...]:
    """All that are needed, or half of them while the form is being filled; gives their hashes."""
    views = [(one, view) for one in plan.things for view in VIEWS[one.kind]]
    scope = {"scope": scene.cases[plan.case].scope}
    shas: list[str] = []
    for number, (one, view) in enumerate(views if plan.ends else views[:3], start=1):
        data = photograph(view, rng.randrange(2**31), one.mark)
        sha = hashlib.sha256(data).hexdigest()
        assert form.began is not None, "an invented seizure has begun"
        taken = form.began + timedelta(minutes=number)
        attachment_id = scene.put(
            "attachment",
            {
                "case_id": form.case_id,
                "sha256": sha,
                "size": len(data),
                "mime": "image/jpeg",
                "name": f"IMG_{taken:%Y%m%d_%H%M%S}.jpg",
                "thumbnail": small(data),
                **scope,
            },
        )
        scene.put(
            "seizure_photo",
            {
                "seizure_id": seizure_id,
                "attachment_id": attachment_id,
                "item_n": one.n,
                "taken_at": _text(taken),
                "sha256": sha,
                "person_id": form.officer_id,
                **scope,
            },
        )
        shas.append(sha)
    return tuple(shas)


def _sign(scene: "Remote", seizure_id: str, form: Form, chain: list[Link]) -> None:
    """The signature with its receipt, as the form's own command writes it."""
    assert form.ended is not None, "what is signed has ended"
    at = form.ended + timedelta(minutes=3)
    moment = at.isoformat(timespec="milliseconds")
    sha = content_sha256(seizure_id, form)
    entry = Entry("sign", "seizure", seizure_id, sha, moment, "", form.officer_id)
    device = chain[-1].device if chain else scene.ids()
    lot = hashlib.sha256(device.encode()).hexdigest()
    link = following(device, len(chain) + 1, chain[-1].link_sha256 if chain else lot, entry)
    chain.append(link)
    scene.put(
        "receipt_link",
        {
            "device": device,
            "n": link.n,
            "kind": "sign",
            "about": "seizure",
            "about_id": seizure_id,
            "content_sha256": sha,
            "previous": link.previous,
            "link_sha256": link.link_sha256,
            "at": moment,
            "code": link.code,
            "person_id": form.officer_id,
            "scope": scene.world.told[form.case_id].scope,
        },
    )
    rows = table("seizure")
    scene.connection.execute(
        rows.update()
        .where(rows.c.id == seizure_id)
        .values(signed_at=moment, content_sha256=sha, code=link.code)
    )


def _verify(scene: "Remote", items: list[str], plan: _Plan) -> None:
    """By the chief of the bureau, who took no part; what is true becomes a measure."""
    rows = table("seizure_item")
    at = _at(scene, plan.hours_ago * 0.4)
    for item_id, end in zip(items, plan.ends, strict=True):
        if end == "claimed":
            continue
        note = "已过户他人，登记日期早于裁定" if end == "denied" else "与登记一致"
        scene.connection.execute(
            rows.update()
            .where(rows.c.id == item_id)
            .values(status=end, verified_by=scene.chief.id, verified_at=_text(at), note=note)
        )
        if end == "verified":
            with drawn_by(scene.ids):
                to_measure(scene.connection, ToMeasure(item_id, scene.chief.id, at))


def _at(scene: "Remote", hours_ago: float) -> datetime:
    return (scene.now - timedelta(hours=hours_ago)).astimezone(COURT_ZONE).replace(microsecond=0)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
