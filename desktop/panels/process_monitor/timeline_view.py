"""One case over time: its nodes, the stretches not counted, its control measures. UI thread."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.circulars.names import subject_words
from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.panels.process_monitor.queries import (
    CaseArgs,
    CaseTimeline,
    Measure,
    NodeSpan,
    timeline,
)
from desktop.projection import FACT_TABLES
from storage.records.states import NodeState
from widgets.timeline import Band, Lane, Marker, Span
from widgets.timeline import CaseTimeline as TimelineWidget

_SEPARATOR = "\x1f"


class CaseTimelineView(QWidget):
    """Follows the shared selection; a click on a node selects it for the other panels."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_timeline_view")
        self._context = context
        self._case_id: str | None = None
        self.shown: CaseTimeline | None = None
        self.title = QLabel(self)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.title.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.chart = TimelineWidget(self)
        self.chart.set_empty_text(self.tr("Choose a case in a list: its time line is drawn here."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.note)
        layout.addWidget(self.chart, 1)
        self.chart.span_clicked.connect(self._on_span)
        context.selected.connect(self._on_selected)
        tables = (*FACT_TABLES, "control_measure")
        self.live = LiveRefresh(self, context, tables, self._read)
        selection = context.selection()
        if selection is not None:
            self._on_selected(selection)

    def apply(self, params: Mapping[str, str]) -> None:
        """Draws the case of `params["case_id"]`."""
        if params.get("case_id"):
            self._on_selected(Selection(params["case_id"]))

    def _on_selected(self, selection: Selection) -> None:
        if selection.case_id != self._case_id:
            self._case_id = selection.case_id
            self.live.ask()

    def _read(self) -> None:
        if self._case_id is None:
            self.live.finished()
            return
        args = CaseArgs(self._context.law, self._case_id, self._context.today())
        self._context.read(self, "timeline", timeline, args, self._on_timeline, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.live.finished()

    def _on_timeline(self, found: CaseTimeline | None) -> None:
        self.shown = found
        today = self._context.today()
        if found is None:
            self.title.setText("")
            self.chart.set_data((), today=today)
        else:
            self.title.setText(found.case_number)
            self.note.setText(self._summary(found))
            lanes = [*_node_lanes(found.nodes), *_measure_lanes(found.measures)]
            bands = [
                Band(p.from_on, p.to_on, p.ground, "paused", f"{p.ground} {p.document_no}")
                for p in found.pauses
            ]
            self.chart.set_data(lanes, bands=bands, today=today)
            self.chart.fit()
        self.live.finished()

    def _summary(self, found: CaseTimeline) -> str:
        text = self.tr("Filed {day}").format(day=found.filed_on.isoformat())
        if found.closed_on is not None:
            text += self.tr(", closed {day}").format(day=found.closed_on.isoformat())
        counts = self.tr(" · {nodes} nodes · {pauses} pauses · {measures} measures")
        return text + counts.format(
            nodes=len(found.nodes), pauses=len(found.pauses), measures=len(found.measures)
        )

    def _on_span(self, span_id: str) -> None:
        if self._case_id is None or _SEPARATOR not in span_id:
            return
        code, subject = span_id.split(_SEPARATOR, 1)
        self._context.select(Selection(self._case_id, code, subject))


def _node_lanes(nodes: tuple[NodeSpan, ...]) -> list[Lane]:
    """One lane a node name, in the order of the first start."""
    grouped: dict[str, list[NodeSpan]] = {}
    for node in nodes:
        grouped.setdefault(node.name, []).append(node)
    return [
        Lane(
            name,
            [_node_span(node) for node in some],
            [
                Marker(node.due_on, node.style, tooltip=f"应止 {node.due_on.isoformat()}")
                for node in some
                if node.due_on is not None and node.certain
            ],
        )
        for name, some in grouped.items()
    ]


def _node_span(node: NodeSpan) -> Span:
    due = node.due_on.isoformat() if node.due_on is not None else "无期限"
    before = "应止" if node.certain else "应止不早于"
    tip = f"{node.name}{subject_words(node.subject)}：{node.start.isoformat()} 起，{before} {due}"
    tip += f"，{node.state.value}"
    if node.done_on is not None:
        tip += f"（{node.done_on.isoformat()} 完成）"
    late = node.state in (NodeState.OVERDUE, NodeState.DONE_LATE)
    label = node.state.value if late else ""
    return Span(
        f"{node.code}{_SEPARATOR}{node.subject}",
        node.start,
        node.done_on,
        node.style,
        label,
        tip,
    )


def _measure_lanes(measures: tuple[Measure, ...]) -> list[Lane]:
    """One lane an asset, so that a renewal stands behind the measure it prolongs."""
    grouped: dict[str, list[Span]] = {}
    for measure in measures:
        grouped.setdefault(measure.asset, []).append(_measure_span(measure))
    return [Lane(asset, spans) for asset, spans in grouped.items()]


def _measure_span(measure: Measure) -> Span:
    rank = "首封" if measure.rank == 0 else f"轮候 {measure.rank}"
    end = measure.lifted_on or measure.expires_on
    how = "解除" if measure.lifted_on is not None else "届满"
    tip = (
        f"{measure.asset}，{measure.institution}，{rank}，{measure.document_no}，"
        f"{measure.started_on.isoformat()} 至 {end.isoformat()} {how}"
    )
    return Span(measure.id, measure.started_on, end, "accent", rank, tip)
