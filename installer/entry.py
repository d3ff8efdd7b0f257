"""The frozen program's first lines: the surroundings that Qt reads, then the desk. Main thread."""

import os
import sys


def prepare_input_method() -> None:
    """Lets Fcitx serve the desk through IBus's protocol, which it speaks as well.

    Fcitx's own plugin is built for one exact version of Qt and cannot be carried; without this
    its users could type no Chinese. Qt takes the first plugin of the list that it has.
    """
    wanted = os.environ.get("QT_IM_MODULE", "")
    if wanted.startswith("fcitx") and "QT_IM_MODULES" not in os.environ:
        os.environ["QT_IM_MODULES"] = f"{wanted};ibus"


def prepare_screen() -> None:
    """Goes through XWayland in a Wayland session: floating docks cannot be placed otherwise."""
    if os.environ.get("WAYLAND_DISPLAY") and os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")


if __name__ == "__main__":
    prepare_input_method()
    prepare_screen()
    # Imported last: it loads Qt only when a window is asked for.
    from desktop.__main__ import main

    sys.exit(main(sys.argv[1:]))
