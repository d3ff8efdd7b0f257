"""Where photographs are chosen: the card first, then where this desk keeps pictures. UI thread."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QStandardPaths, QStorageInfo, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QWidget

from widgets.theme import current_theme

# What cannot be taken is on show, too: its sentence helps more than an empty folder.
_FILES: Final = " ".join(
    f"*.{ending} *.{ending.upper()}" for ending in ("jpg", "jpeg", "png", "webp", "heic", "heif")
)
_CARDS: Final = ("/media/", "/run/media/")  # where cards and telephones are mounted


def cards() -> list[Path]:
    """Folders of cards that are plugged in, those with a camera's folder first."""
    roots = [Path(one.rootPath()) for one in QStorageInfo.mountedVolumes() if one.isReady()]
    found = [one for one in roots if f"{one}/".startswith(_CARDS)]
    with_camera = [one / "DCIM" if (one / "DCIM").is_dir() else one for one in found]
    return sorted(with_camera, key=lambda one: one.name != "DCIM")


def choose_photographs(
    parent: QWidget, title: str, last: Path | None, on_chosen: Callable[[list[Path]], None]
) -> QFileDialog:
    """Asks for files; begins where the last ones came from while that is still there."""
    tr = QCoreApplication.translate
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    places = [*cards(), Path(pictures), Path.home()]
    dialog = QFileDialog(parent, title)
    dialog.setObjectName("choose_photos")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if current_theme().touch:
        # The system's own dialog is made for a mouse.
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.resize(parent.window().size() * 0.9)
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilter(f"{tr('SeizureForm', 'Photographs')} ({_FILES})")
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("SeizureForm", "Folder"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, tr("SeizureForm", "Files"))
    dialog.setSidebarUrls([QUrl.fromLocalFile(str(one)) for one in places if one.is_dir()])
    first = last if last is not None and last.is_dir() else None
    dialog.setDirectory(str(first or next(one for one in (*places, Path("/")) if one.is_dir())))
    dialog.filesSelected.connect(lambda names: on_chosen([Path(one) for one in names]))
    dialog.open()
    return dialog
