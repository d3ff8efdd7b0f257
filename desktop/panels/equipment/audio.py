"""Which microphones and loudspeakers there are. UI thread."""

from desktop.rules.self_tests import Audio


def probe_audio() -> Audio:
    """Asks the system. QtMultimedia is loaded here and no earlier: a desk that is never tested
    pays nothing for it, and one whose system lacks its libraries still starts."""
    try:
        from PySide6.QtMultimedia import QMediaDevices  # noqa: PLC0415 (see above)
    except ImportError:
        return Audio(why="本机缺少音频组件")
    return Audio(
        tuple(one.description() for one in QMediaDevices.audioInputs()),
        tuple(one.description() for one in QMediaDevices.audioOutputs()),
    )
