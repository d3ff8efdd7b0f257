"""Which microphones and loudspeakers there are. UI thread."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from desktop.rules.self_tests import Audio

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice

# PulseAudio and PipeWire put this in place of a loudspeaker where no card has one: it swallows
# all, and an operation would start mute.
_NOTHING: Final = b"auto_null"


def probe_audio() -> Audio:
    """Asks the system. QtMultimedia is loaded here and no earlier: a desk that is never tested
    pays nothing for it, and one whose system lacks its libraries still starts."""
    try:
        from PySide6.QtMultimedia import QMediaDevices  # noqa: PLC0415 (see above)
    except ImportError:
        return Audio(why="本机缺少音频组件")
    return Audio(_real(QMediaDevices.audioInputs()), _real(QMediaDevices.audioOutputs()))


def _real(found: "Iterable[QAudioDevice]") -> tuple[str, ...]:
    return tuple(one.description() for one in found if one.id().data() != _NOTHING)
