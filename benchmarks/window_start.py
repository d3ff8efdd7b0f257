"""Start to first usable window, and resident memory, against a bare PySide6 + pyqtgraph window.

Usable: the store is open and the node list has painted its first page of rows. Both sides are
fresh processes on the offscreen platform, run in turn, and reckon from the moment at which they
were begun: the time of birth that the system keeps of a process is rounded by up to a second.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.demo_store import CASES, demo_store
from benchmarks.ratio import Ratio

ROUNDS = 9

BARE = """
import json, os, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
import psutil
app = QApplication([])
window = QMainWindow()
window.resize(1920, 1080)
plot = pyqtgraph.PlotWidget()
plot.plot([1, 2, 3], [3, 1, 2])
window.setCentralWidget(plot)
def usable():
    taken = time.monotonic() - float(sys.argv[-1])
    print(json.dumps({"s": taken, "rss": psutil.Process().memory_info().rss}))
    app.quit()
window.show()
QTimer.singleShot(0, usable)
app.exec()
"""

DESK = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
import psutil
from desktop.bootstrap import Desk, Options, make_application
app = make_application()
desk = Desk(app, Options(Path(sys.argv[1]), remember=False))
me = psutil.Process()
seen = {}
def look():
    from widgets.table import DataTable
    host = desk.window.desk.host("process_monitor")
    tables = [t for t in host.findChildren(DataTable) if t.isVisible()]
    if any(t.data_model.row_values(0) is not None for t in tables):
        poll.stop()
        app.processEvents()
        seen["s"] = time.monotonic() - float(sys.argv[-1])
poll = QTimer()
poll.timeout.connect(look)
desk.ready.connect(lambda: poll.start(5))
def settled():
    if "s" in seen and not desk.context.outstanding:
        seen["rss"] = me.memory_info().rss
        print(json.dumps(seen))
        desk.window.close()
        app.quit()
desk.window.settled.connect(settled)
desk.refused.connect(lambda why: (print("refused:", why, file=sys.stderr), app.exit(1)))
desk.window.show()
desk.open()
code = app.exec()
desk.close()
sys.exit(code)
"""


def _run(code: str, *arguments: str) -> dict[str, float]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # An installed desk starts from compiled modules, and so does the bare window's library.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, str(time.monotonic())],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=Path(__file__).resolve().parent.parent,
        timeout=300,
    )
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def measure() -> list[Ratio]:
    """Two rows: seconds to a usable window, and megabytes when it has settled."""
    store = demo_store()
    bare: list[dict[str, float]] = []
    desk: list[dict[str, float]] = []
    _run(DESK, str(store))  # the first start after a build compiles modules
    for _ in range(ROUNDS):
        bare.append(_run(BARE))
        desk.append(_run(DESK, str(store)))
    megabyte = 1024 * 1024
    return [
        Ratio(
            f"start to first usable window ({CASES:,} cases)",
            median(run["s"] for run in desk),
            median(run["s"] for run in bare),
            "s",
            "bare PySide6 + pyqtgraph window",
            goal=2.0,
        ),
        Ratio(
            f"resident memory, settled ({CASES:,} cases)",
            median(run["rss"] for run in desk) / megabyte,
            median(run["rss"] for run in bare) / megabyte,
            "MB",
            "bare PySide6 + pyqtgraph window",
        ),
    ]
