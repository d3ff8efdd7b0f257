"""Puts the interface's language in place: Simplified Chinese from zh_CN.qm, or English. UI thread.

Source texts are English; Qt's own few words (in file dialogs) come from Qt's own catalogue.
"""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources


def install_language(app: QCoreApplication, language: str) -> bool:
    """Loads `language` ("zh_CN" or "en") and its forms of numbers and dates.

    False when the build lacks the catalogue; the texts are then English.
    """
    QLocale.setDefault(QLocale(language))
    if language == "en":
        return True
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    of_qt = QTranslator(app)
    if of_qt.load(f"qtbase_{language}", folder):
        app.installTranslator(of_qt)
    ours = QTranslator(app)
    try:
        path = resources.path(f"translations/{language}.qm")
    except FileNotFoundError:
        return False
    return ours.load(str(path)) and app.installTranslator(ours)


def panel_title(source: str) -> str:
    """A panel's title in the language in force; specs hold English text (Qt context "Panel")."""
    return QCoreApplication.translate("Panel", source)
