"""Four feeds of the demo's operation and the pictures that were taken from them. Writer thread; no
Qt.

The feeds' addresses lead to this machine, where nobody answers: a feed of the demo is lost, and
shows the last picture that was taken from it.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.demo.remote_operation_words import FEED_CAMERAS
from desktop.demo.remote_scenes import picture
from storage.schema import table

if TYPE_CHECKING:
    from desktop.demo.remote import Remote

_PORT: Final = 18_554
_FEEDS: Final = (
    ("小区正门布控", "gate"),
    ("3号楼楼前", "building"),
    ("执法记录仪（一组）", "corridor"),
    ("无人机航拍", "aerial"),
)
# feed, scene, minutes ago, what was written to it
_TAKEN: Final = (
    (0, "gate", 88.0, "车辆到达，秩序平稳"),
    (1, "building", 71.0, "腾房人员集结完毕"),
    (3, "aerial", 54.0, ""),
    (2, "corridor", 37.0, "向被执行人宣读公告"),
    (2, "room", 16.0, "室内物品清点，制作清单"),
)
_LATER_S: Final = 2  # from the frame to the picture


def make(scene: Remote) -> None:
    """Feeds of the teams that are out; the pictures stand in the operation's log."""
    owners = (scene.team, scene.team, scene.team, scene.teams[-1])
    thing = table("equipment").c
    rows = scene.connection.execute(
        select(thing.asset_no, thing.id).where(thing.asset_no.in_(FEED_CAMERAS))
    )
    cameras = {row.asset_no: row.id for row in rows}
    for n, (feed_id, (name, path)) in enumerate(zip(scene.feed_ids, _FEEDS, strict=True)):
        scene.put(
            "feed",
            {
                "id": feed_id,
                "team_id": owners[n].id,
                "name": name,
                "url": f"rtsp://127.0.0.1:{_PORT}/{path}",
                "equipment_id": cameras[FEED_CAMERAS[n]],
                "place": n,
            },
        )
    for number, (n, drawing, minutes, note) in enumerate(_TAKEN):
        at, taken_at = scene.ago(minutes), scene.ago(minutes - _LATER_S / 60)
        stamp = f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M:%S} CAM{n + 1}"
        data = picture(drawing, number, stamp)
        sha256 = hashlib.sha256(data).hexdigest()
        snapshot_id = scene.put(
            "snapshot",
            {
                "team_id": owners[n].id,
                "feed_id": scene.feed_ids[n],
                "feed_name": _FEEDS[n][0],
                "operation_id": scene.operation_id,
                "case_id": scene.case.case_id,
                "person_id": scene.seat.id,
                "at": at,
                "taken_at": taken_at,
                "mime": "image/png",
                "sha256": sha256,
                "size": len(data),
                "body": base64.b64encode(data).decode(),
                "note": note,
            },
        )
        said = f"截取图像“{_FEEDS[n][0]}”，画面时间 {at[11:19]}，SHA-256 {sha256[:12]}…"
        scene.put(
            "run_log",
            {
                "operation_id": scene.operation_id,
                "team_id": scene.team.id,
                "person_id": scene.seat.id,
                "at": taken_at,
                "kind": "picture",
                "body": f"{said}：{note}" if note else said,
                "about": "snapshot",
                "about_id": snapshot_id,
            },
        )
