"""The exchange panel: choose a file, see what it holds and what is wrong, import, give back.

UI thread. Files are read on the layout lane, compared on a reader lane, imported on the writer
lane.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.importing.apply import Change, ImportArgs, ImportReport
from desktop.importing.check import RowError
from desktop.importing.preview import Comparison, Preview
from desktop.importing.profile_files import shipped_titles
from desktop.importing.rejects import RejectsArgs
from desktop.panels.exchange import commands, queries
from desktop.panels.exchange.columns import change_columns, error_columns, preview_columns
from desktop.panels.exchange.drop_zone import DropZone, dropped_file
from desktop.panels.exchange.history import HistoryPage
from desktop.panels.exchange.mapping_table import MappingTable
from storage.records.changes import ChangeSet
from widgets.progress import ProgressStrip
from widgets.table import Cell, DataTable, PagedTableModel, StaticSource

TAB_PREVIEW, TAB_ERRORS, TAB_MAPPING, TAB_CHANGES, TAB_HISTORY = range(5)


class ExchangeView(QWidget):
    """Signals: `looked` after a preview is shown, `imported` with the ImportReport."""

    looked = Signal()
    imported = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._path: Path | None = None
        self._preview: Preview | None = None
        self._errors: tuple[RowError, ...] = ()
        self._cancel: Callable[[], None] | None = None
        self._base: queries.Base | None = None
        self.setAcceptDrops(True)
        self._build_head()
        self._build_tabs()
        self.strip = ProgressStrip(self)
        self.strip.cancel_requested.connect(self._on_cancel)
        self.strip.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(self._head)
        layout.addWidget(self.summary)
        layout.addWidget(self.strip)
        layout.addWidget(self.tabs, 1)
        context.changed.connect(self._on_changed)
        self._show_errors(())
        self._show_changes(())
        self._show_buttons()
        self.history.refresh()

    # Building

    def _build_head(self) -> None:
        self.choose_button = QPushButton(self.tr("Choose file…"), self)
        self.choose_button.setObjectName("exchange_choose")
        self.choose_button.clicked.connect(self._choose)
        self.profile_box = QComboBox(self)
        self.profile_box.setObjectName("exchange_profile")
        self.profile_box.addItem(self.tr("Profile: found by the headers"), "")
        for name, title in shipped_titles().items():
            self.profile_box.addItem(title, name)
        self.profile_box.activated.connect(lambda _n: self._look())
        self.sheet_box = QComboBox(self)
        self.sheet_box.setObjectName("exchange_sheet")
        self.sheet_box.activated.connect(lambda _n: self._look())
        self.sheet_box.hide()
        self.rejects_button = QPushButton(self.tr("Save rejects sheet"), self)
        self.rejects_button.setObjectName("exchange_rejects")
        self.rejects_button.clicked.connect(self._save_rejects)
        self.import_button = QPushButton(self.tr("Import"), self)
        self.import_button.setObjectName("exchange_import")
        self.import_button.setProperty("kind", "primary")
        self.import_button.clicked.connect(self._import)
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        for widget in (self.choose_button, self.profile_box, self.sheet_box):
            self._head.addWidget(widget)
        self._head.addStretch(1)
        self._head.addWidget(self.rejects_button)
        self._head.addWidget(self.import_button)
        self.summary = QLabel(self)
        self.summary.setObjectName("exchange_summary")
        self.summary.setProperty("role", "muted")
        self.summary.setWordWrap(True)
        self.summary.setText(self.tr("No file chosen."))

    def _build_tabs(self) -> None:
        self.drop_zone = DropZone(self)
        self.drop_zone.clicked.connect(self._choose)
        self._preview_pages = QStackedWidget(self)
        self._preview_pages.addWidget(self.drop_zone)
        self._error_source = StaticSource()
        self.error_table = DataTable(
            PagedTableModel(error_columns(), self._error_source, self), self
        )
        self.error_table.set_empty_text(
            self.tr("No faults found"), self.tr("Every row of the file can be imported.")
        )
        self._change_source = StaticSource()
        self.change_table = DataTable(
            PagedTableModel(change_columns(), self._change_source, self), self
        )
        self.change_table.set_empty_text(
            self.tr("Nothing the desk holds would change"),
            self.tr("Cases and events already known, with other values, would stand here."),
        )
        self.mapping_table = MappingTable(self)
        self.mapping_table.applied.connect(self._on_mapping)
        self.mapping_table.reset_requested.connect(lambda: self._on_mapping({}))
        self.history = HistoryPage(self._context, self)
        self.history.set_titles(shipped_titles())
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for page, title in (
            (self._preview_pages, self.tr("Preview")),
            (self.error_table, self.tr("Faults")),
            (self.mapping_table, self.tr("Columns")),
            (self.change_table, self.tr("Changes")),
            (self.history, self.tr("Past imports")),
        ):
            self.tabs.addTab(page, title)

    # What others call

    def open_file(self, path: Path) -> None:
        """Looks into a file and shows what it holds."""
        if self._cancel is not None:
            self._context.notify(self.tr("Wait for the running import, or stop it."))
            return
        self._path = path
        self._preview = None
        self.sheet_box.clear()
        self.sheet_box.hide()
        self.strip.hide()
        self.tabs.setCurrentIndex(TAB_PREVIEW)
        self._look()

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens the file named by `path`, if any."""
        if params.get("path"):
            self.open_file(Path(params["path"]))

    # Choosing and dropping

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a file to import"))
        dialog.setObjectName("exchange_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = self.tr("Workbooks and logs")
        dialog.setNameFilter(f"{kinds} (*.xlsx *.xlsm *.csv *.txt *.json *.gz)")
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self.drop_zone.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_zone.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_zone.set_hot(False)
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open_file(path)

    # Looking

    def _look(self, mapping: Mapping[str, str] | None = None) -> None:
        if self._path is None:
            return
        self.summary.setText(self.tr("Reading {name}…").format(name=self._path.name))
        self.import_button.setEnabled(False)
        wanted = dict(mapping) if mapping is not None else None

        def with_base(base: queries.Base) -> None:
            assert self._path is not None
            args = commands.LookArgs(
                self._path,
                base,
                self._context.today(),
                str(self.profile_box.currentData() or ""),
                wanted,
                self.sheet_box.currentText(),
            )
            self._context.layout(self, commands.look, args, self._on_preview, self._on_refused)

        self._context.read(self, "base", queries.base, None, with_base, self._on_refused)

    def _on_refused(self, sentence: str) -> None:
        self.summary.setText(sentence)
        self._show_buttons()
        self.looked.emit()

    def _on_preview(self, preview: Preview) -> None:
        self._preview = preview
        self._errors = preview.errors
        self.profile_box.setCurrentIndex(max(self.profile_box.findData(preview.profile.name), 0))
        if len(preview.sheets) > 1:
            self.sheet_box.clear()
            self.sheet_box.addItems(list(preview.sheets))
            self.sheet_box.setCurrentText(preview.sheet)
        self.sheet_box.setVisible(len(preview.sheets) > 1)
        self._show_rows(preview)
        self.mapping_table.show_preview(preview)
        self._show_errors(preview.errors)
        self._show_changes(())
        self._show_summary(preview, None)
        self._show_buttons()
        if preview.binding.missing:
            self.tabs.setCurrentIndex(TAB_MAPPING)
        if preview.records:
            self._context.read(
                self, "compare", queries.comparison, preview, self._on_compared, self._on_refused
            )
        else:
            self.looked.emit()

    def _on_compared(self, found: Comparison) -> None:
        preview = self._preview
        if preview is None:
            return
        self._errors = tuple(sorted((*preview.errors, *found.errors), key=lambda e: e.row))
        self._show_errors(self._errors)
        self._show_changes(found.changes)
        self._show_summary(preview, found)
        self._show_buttons()
        self.looked.emit()

    def _on_mapping(self, mapping: dict[str, str]) -> None:
        if self._preview is None:
            return
        kept = commands.Kept(self._preview.profile.name, mapping)
        label = self.tr("Keep the column mapping")
        self._context.write(self, label, commands.keep_mapping, kept, lambda _none: None)
        self._look(mapping)

    # Showing

    def _show_rows(self, preview: Preview) -> None:
        faulty = {(e.row, e.column): e.reason for e in preview.errors}
        rows = []
        for position, (number, cells) in enumerate(preview.rows):
            row: dict[str, object] = {"id": position, "row": number}
            for n, (header, text) in enumerate(zip(preview.headers, cells, strict=True)):
                reason = faulty.get((number, header))
                row[f"c{n}"] = Cell(text or "∅", state="overdue") if reason else text
                row[f"t{n}"] = reason or text
            rows.append(row)
        columns = preview_columns(preview.headers, preview.rows, self.tr("Row"))
        table = DataTable(PagedTableModel(columns, StaticSource(rows), self), self)
        table.set_empty_text(self.tr("The file has no rows"), self.tr("Choose another sheet."))
        while self._preview_pages.count() > 1:
            old = self._preview_pages.widget(1)
            if old is not None:
                self._preview_pages.removeWidget(old)
                old.deleteLater()
        self._preview_pages.addWidget(table)
        table.data_model.refresh()
        self._preview_pages.setCurrentIndex(1)
        self.preview_table = table

    def _show_errors(self, errors: Sequence[RowError]) -> None:
        self._error_source.set_rows(
            [
                {"id": n, "row": e.row, "column": e.column, "value": e.value, "reason": e.reason}
                for n, e in enumerate(errors)
            ]
        )
        self.error_table.data_model.refresh()
        title = self.tr("Faults")
        self.tabs.setTabText(TAB_ERRORS, f"{title} {len(errors):,}" if errors else title)

    def _show_changes(self, changes: Sequence[Change]) -> None:
        self._change_source.set_rows(
            [
                {"id": n, "row": c.row, "key": c.key, "fields": "、".join(c.fields)}
                for n, c in enumerate(changes)
            ]
        )
        self.change_table.data_model.refresh()
        title = self.tr("Changes")
        self.tabs.setTabText(TAB_CHANGES, f"{title} {len(changes):,}" if changes else title)

    def _show_summary(self, preview: Preview, found: Comparison | None) -> None:
        assert self._path is not None
        if preview.binding.missing:
            names = "、".join(column.header for column in preview.binding.missing)
            text = self.tr("{name} lacks required columns: {names}. Choose them under Columns.")
            self.summary.setText(text.format(name=self._path.name, names=names))
            return
        rejected = preview.rejected + len({e.row for e in found.errors} if found else ())
        parts = [
            self.tr("{name}: {read} rows, {sound} can be imported, {rejected} rejected").format(
                name=self._path.name,
                read=f"{preview.read:,}",
                sound=f"{preview.read - rejected:,}",
                rejected=f"{rejected:,}",
            )
        ]
        if found is not None:
            parts.append(
                self.tr("{added} new, {changed} changed, {unchanged} unchanged").format(
                    added=f"{found.added:,}",
                    changed=f"{found.changed:,}",
                    unchanged=f"{found.unchanged:,}",
                )
            )
            parts.extend(self._made(found.courts_made, found.teams_made, found.people_made))
        if preview.binding.ignored:
            ignored = "、".join(preview.binding.ignored)
            parts.append(self.tr("not imported: {names}").format(names=ignored))
        self.summary.setText("；".join(parts))

    def _made(
        self, courts: Sequence[str], teams: Sequence[str], people: Sequence[str]
    ) -> list[str]:
        """What an import adds besides cases, in words."""
        texts = (
            (courts, self.tr("adds courts: {names}")),
            (teams, self.tr("adds teams: {names}")),
            (people, self.tr("adds staff whose posts need checking: {names}")),
        )
        return [text.format(names="、".join(names)) for names, text in texts if names]

    def _show_buttons(self) -> None:
        idle = self._cancel is None
        ready = self._preview is not None and self._preview.importable
        self.choose_button.setEnabled(idle)
        self.profile_box.setEnabled(idle)
        self.sheet_box.setEnabled(idle)
        self.mapping_table.setEnabled(idle and self._preview is not None)
        self.import_button.setEnabled(idle and ready)
        self.rejects_button.setEnabled(idle and bool(self._errors))

    # Importing

    def _import(self) -> None:
        preview, path = self._preview, self._path
        if preview is None or path is None:
            return
        args = ImportArgs(
            path,
            preview.profile,
            self._context.today(),
            self._context.who.name,
            self._context.now().isoformat(timespec="seconds"),
            preview.sheet,
        )
        self.strip.show()
        self.strip.start(self.tr("Importing {name}").format(name=path.name), preview.read)
        self._cancel = lambda: None
        self._show_buttons()
        cancel = self._context.write_long(
            self,
            self.tr("Import {name}").format(name=path.name),
            commands.import_file,
            args,
            lambda done, total: self.strip.advance(done, total or None),
            self._on_imported,
            self._on_failed,
        )
        # The work may be over already when this call returns.
        if self._cancel is not None:
            self._cancel = cancel

    def _on_cancel(self) -> None:
        if self._cancel is not None:
            self._cancel()

    def _on_imported(self, report: ImportReport) -> None:
        self._cancel = None
        self._errors = tuple(sorted(report.errors, key=lambda e: e.row))
        line = self.tr(
            "Imported: {read} read = {added} new + {changed} changed + {unchanged} unchanged"
            " + {rejected} rejected, {seconds} s"
        ).format(**report.counts(), seconds=f"{report.seconds:.1f}")
        self.strip.finish(line)
        self.summary.setText(
            self.tr("{count} rejected rows can be saved as a sheet, with the reasons.").format(
                count=f"{report.rejected:,}"
            )
            if report.rejected
            else self.tr("Every row was taken.")
        )
        self._show_errors(self._errors)
        self._show_changes(report.changes)
        self._show_buttons()
        self.history.refresh()
        self._context.notify(line, level="done" if not report.rejected else "warning")
        self.imported.emit(report)

    def _on_failed(self, sentence: str) -> None:
        self._cancel = None
        self.strip.fail(sentence)
        self._show_buttons()
        self.imported.emit(None)

    # Giving back

    def _save_rejects(self) -> None:
        if self._preview is None or self._path is None or not self._errors:
            return
        stem = self._path.name.split(".")[0]
        stamp = self._context.now().strftime("%Y%m%d-%H%M%S")
        name = self.tr("{name} rejects {stamp}.xlsx").format(name=stem, stamp=stamp)
        args = RejectsArgs(
            self._path,
            self._preview.profile,
            self._errors,
            self._context.documents_folder() / name,
            self._preview.sheet,
        )
        self._context.layout(
            self, commands.save_rejects, args, self._on_rejects_saved, self._on_refused
        )

    def _on_rejects_saved(self, saved: tuple[Path, int]) -> None:
        path, count = saved
        text = self.tr("{count} rejected rows saved in {path}")
        line = text.format(count=count, path=path)
        self.summary.setText(line)
        self._context.notify(line, level="done")

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches("import_run"):
            self.history.refresh()
