"""The pictures of the demo's cameras."""

import pytest
from PySide6.QtGui import QImage

from desktop.demo.remote_scenes import HEIGHT, SCENES, WIDTH, picture

STAMP = "2026-11-23 09:12:40 CAM1"


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_a_picture_and_the_same_again(scene: str) -> None:
    made = picture(scene, 3, STAMP)
    image = QImage.fromData(made)
    assert (image.width(), image.height()) == (WIDTH, HEIGHT)
    assert len({image.pixel(x, y) for x in range(0, WIDTH, 16) for y in range(0, HEIGHT, 16)}) > 50
    assert made == picture(scene, 3, STAMP)
    assert made != picture(scene, 3, STAMP.replace("40", "41"))
    assert len(made) < 120_000
