"""A table by WeasyPrint: asked as JSON on standard input, answered with seconds, pages and memory.

Runs in an environment of its own, see benchmarks/circular_pages.py.
"""

import json
import resource
import sys
import time
from html import escape
from statistics import median
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration

STYLE = """
@font-face {{ font-family: text; src: url("file://{font}"); }}
@page {{ size: A4; margin: 37mm 26mm 35mm 28mm; }}
body {{ margin: 0; font: {size}pt/15pt text; }}
table {{ width: 100%; table-layout: fixed; border-collapse: collapse; }}
td, th {{ border-bottom: 0.5pt solid black; padding: 4pt; text-align: left; font-weight: normal; }}
tr {{ break-inside: avoid; }}
"""


def _html(asked: dict[str, Any]) -> str:
    whole = sum(asked["shares"])
    columns = "".join(f'<col style="width: {100 * one / whole}%">' for one in asked["shares"])
    heads = "".join(f"<th>{escape(head)}</th>" for head in asked["heads"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in asked["rows"]
    )
    return (
        f'<html lang="zh"><table><colgroup>{columns}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></html>"
    )


def main() -> None:
    """As often as asked; the median counts."""
    asked = json.load(sys.stdin)
    html = _html(asked)
    style = STYLE.format(font=asked["font"], size=asked["size"])
    taken = []
    for _ in range(asked["rounds"]):
        before = time.perf_counter()
        fonts = FontConfiguration()
        css = weasyprint.CSS(string=style, font_config=fonts)
        made = weasyprint.HTML(string=html).render(font_config=fonts, stylesheets=[css])
        made.write_pdf(asked["target"])
        taken.append(time.perf_counter() - before)
        if len(taken) == 1:  # as for the others, the memory of one run
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": median(taken), "pages": len(made.pages), "megabytes": memory}))


if __name__ == "__main__":
    main()
