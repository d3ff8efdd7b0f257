"""The page of GB/T 9704—2012, in points; lengths of the standard are in millimetres. Pure.

A4 upright. Margins 37 mm at the head, 28 mm at the binding edge; the type area is 156 × 225 mm and
holds 22 lines of 28 characters of size 3 (16 pt). Heights count from the top edge of the paper.
"""

from typing import Final

MM: Final = 72 / 25.4

PAPER_WIDE: Final = 210 * MM
PAPER_HIGH: Final = 297 * MM
LEFT: Final = 28 * MM
TOP: Final = 37 * MM
WIDE: Final = 156 * MM
HIGH: Final = 225 * MM
BOTTOM: Final = TOP + HIGH
RIGHT: Final = LEFT + WIDE

LINES: Final = 22
CHARS: Final = 28
LINE: Final = HIGH / LINES
CHAR: Final = WIDE / CHARS

SIZE_2: Final = 22.0  # 2号, the title
SIZE_3: Final = 16.0  # 3号, all else
SIZE_4: Final = 14.0  # 4号, page numbers and what stands at the end
SIZE_SMALL_4: Final = 12.0  # 小四, above a table
SIZE_5: Final = 10.5  # 五号, in a table
SIZE_SMALL_5: Final = 9.0  # 小五, in a chart
SIZE_FOOT: Final = 7.5  # 六号, what the desk adds at the foot

MARK_TOP: Final = TOP + 35 * MM
MARK_HIGH: Final = 16.5 * MM  # of its ink; the standard leaves it to the eye
MARK_WIDE_MAX: Final = 150 * MM
JOINT_MARK_HIGH: Final = 12 * MM  # of each of several names, less where there are many
JOINT_HIGH_MAX: Final = 50 * MM  # of all of them, so that the first page still holds words
JOINT_GAP: Final = 0.4  # between two names, as a share of their height
LETTER_MARK_TOP: Final = 30 * MM  # of a letter (信函), from the edge of the paper
LETTER_MARK_HIGH: Final = 12 * MM
LETTER_RULES_WIDE: Final = 170 * MM
LETTER_FOOT: Final = 20 * MM  # from the lower edge of the paper to its lower pair of rules
LETTER_THICK: Final = 1.0 * MM  # of a pair of rules: the thick one, the thin one, what is between
LETTER_THIN: Final = 0.35 * MM
LETTER_GAP: Final = 0.6 * MM
RULE_BELOW: Final = 4 * MM
RULE_THICK: Final = 0.7 * MM
TITLE_LINE: Final = 12.2 * MM
NUMBER_BELOW: Final = 7 * MM  # of the page: from the type area to the top of its line
SEAL_WIDE: Final = 42 * MM  # of a court; seals neither cross nor touch
RECORD_THICK: Final = 0.35 * MM  # first and last line of the record at the end
RECORD_THIN: Final = 0.25 * MM

RED: Final = (0.0, 0.8, 0.8, 0.0)  # Y80 M80, as cyan, magenta, yellow, black

# Print: told apart without colour, too, by how dark they are and by their hatching.
INK_DARK: Final = 0.25  # greys, 0 being black
INK_MIDDLE: Final = 0.5
INK_LIGHT: Final = 0.78
INK_GRID: Final = 0.85
