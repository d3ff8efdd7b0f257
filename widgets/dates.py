"""Words for parts of dates on axes and in tooltips. UI thread (they are translated)."""

from datetime import date

from PySide6.QtCore import QCoreApplication


def year_word(year: int) -> str:
    """A year on an axis."""
    return QCoreApplication.translate("Dates", "{year}").replace("{year}", str(year))


def month_word(month: int) -> str:
    """A month on an axis."""
    return QCoreApplication.translate("Dates", "M{month}").replace("{month}", str(month))


def weekday_word(day: date) -> str:
    """The day of the week in full, for tooltips."""
    words = (
        QCoreApplication.translate("Dates", "Monday"),
        QCoreApplication.translate("Dates", "Tuesday"),
        QCoreApplication.translate("Dates", "Wednesday"),
        QCoreApplication.translate("Dates", "Thursday"),
        QCoreApplication.translate("Dates", "Friday"),
        QCoreApplication.translate("Dates", "Saturday"),
        QCoreApplication.translate("Dates", "Sunday"),
    )
    return words[day.weekday()]


def weekday_letter(day: date) -> str:
    """The day of the week in one character for axes; the last one of a Chinese word."""
    word = weekday_word(day)
    return word[-1] if len(word) <= 2 else word[0]
