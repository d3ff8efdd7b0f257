"""技术装备: register and pages, faults and their repair, the self-test. UI thread."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.circulars.names import file_name
from desktop.circulars.slip import Slip
from desktop.command.equipment.acts import By, Fault, report_fault
from desktop.command.equipment.register import Item
from desktop.command.equipment.self_test import LastTest
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.panels.equipment import queries
from desktop.panels.equipment.forms import Deed, EquipmentForm
from desktop.panels.equipment.papers import (
    PaperAsk,
    PrintArgs,
    SheetAsk,
    custody,
    loan,
    print_slip,
    self_test_sheet,
)
from desktop.panels.equipment.queries import TABLES, EquipmentFilter, Offered, Page, PageArgs
from desktop.panels.equipment.register_import import (
    Plan,
    PlanArgs,
    RawLine,
    TakeArgs,
    plan,
    read_lines,
    take,
)
from desktop.panels.equipment.register_list import RegisterList
from desktop.panels.equipment.rules import fault_of
from desktop.panels.equipment.self_test_view import SelfTestView
from desktop.panels.equipment.service_view import ServiceView
from desktop.panels.equipment.thing_page import ThingPage
from desktop.rules.self_tests import Line
from widgets.dialogs import confirm
from widgets.pdf_preview import PdfPreview

# One thing at a time can be calibrated, repaired or retired; several are lent and given back.
_MANY = ("lend", "give_back")


class EquipmentView(QWidget):
    """`apply({"equipment_id"})` one thing; `{"self_test": "1", "operation_id"}` the self-test of
    an operation; `{"test_id"}` a filed one; `{"tab": "service"}`; EquipmentFilter.to_params() its
    list; `{"new": "1"}` a new line of the register."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("equipment_view")
        self._context = context
        self._offered = Offered((), (), (), ())
        self._shown_id: str | None = None
        self.form: EquipmentForm | None = None
        self.list = RegisterList(context, self)
        self.page = ThingPage(context, self)
        self.service = ServiceView(context, self)
        self.self_test = SelfTestView(context, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.page)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._stack, self.tr("Register"))
        self.tabs.addTab(self.self_test, self.tr("Self-test"))
        self.tabs.addTab(self.service, self.tr("Faults and repair"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self._connect()
        self.live = LiveRefresh(self.page, context, TABLES, self._read_page)
        Offers(self, context, queries.offered, context.today(), self._on_offered, tables=TABLES)

    def _connect(self) -> None:
        self.list.opened.connect(self.open_thing)
        self.list.asked.connect(self.begin_with)
        self.list.new_asked.connect(partial(self._open_form, "register", []))
        self.list.slip_asked.connect(partial(self.print_paper, "loan"))
        self.list.import_asked.connect(self._choose_file)
        self.page.left.connect(self.show_list)
        self.page.asked.connect(self._begin_on_page)
        self.page.printed.connect(self._print_page)
        self.service.opened.connect(self.open_thing)
        self.service.repair_asked.connect(self._begin_repair)
        self.self_test.fault_asked.connect(self._begin_fault)
        self.self_test.print_asked.connect(self.print_sheet)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("equipment_id"):
            self.open_thing(params["equipment_id"])
        elif params.get("self_test"):
            self.self_test.choose(params.get("operation_id"))
            self.tabs.setCurrentWidget(self.self_test)
        elif params.get("test_id"):
            self.tabs.setCurrentWidget(self.self_test)
            self.self_test.show_test(params["test_id"])
        elif params.get("tab") == "service":
            self.tabs.setCurrentWidget(self.service)
        elif params.get("list"):
            self.list.show_filter(EquipmentFilter.from_params(params))
            self.show_list()
        elif params.get("new"):
            self.show_list()
            self._open_form("register", [])

    def show_list(self) -> None:
        """The register."""
        self._shown_id = None
        self._stack.setCurrentWidget(self.list)
        self.tabs.setCurrentWidget(self._stack)

    def open_thing(self, equipment_id: str) -> None:
        """Shows one thing."""
        self._shown_id = equipment_id
        self.tabs.setCurrentWidget(self._stack)
        self._ask_page(equipment_id)

    # Reading

    def _on_offered(self, found: Offered) -> None:
        self._offered = found
        self.list.set_offered(found)

    def _read_page(self) -> None:
        if self._shown_id is None:
            self.live.finished()
        else:
            self._ask_page(self._shown_id)

    def _ask_page(self, equipment_id: str) -> None:
        args = PageArgs(equipment_id, self._context.now())
        self._context.read(self, "page", queries.page, args, self._on_page, self._page_failed)

    def _page_failed(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_page(self, found: Page | None) -> None:
        self.live.finished()
        if found is None:
            self._context.notify(self.tr("This thing is not in the register."), level="warning")
            self.show_list()
        elif found.item.id == self._shown_id:
            self.page.show_page(found)
            self._stack.setCurrentWidget(self.page)

    # Doing

    def begin_with(
        self, act: str, ids: Sequence[str], *, ticket: str = "", words: str = ""
    ) -> None:
        """Opens the window of an act for these things."""
        if len(ids) > 1 and act not in _MANY:
            self._context.notify(self.tr("Choose one row for this."))
            return
        ask = tuple(ids)
        opened = partial(self._open_form, act, ticket=ticket)
        self._context.read(self, "things", queries.things, ask, opened)

    def _begin_on_page(self, act: str) -> None:
        if self.page.shown is not None:
            self._open_form(act, [self.page.shown.item])

    def _begin_repair(self, equipment_id: str, ticket: str) -> None:
        self.begin_with("repair", [equipment_id], ticket=ticket)

    def _begin_fault(self, line: Line) -> None:
        """One click: the ticket takes the cause from the sheet, nothing has to be typed."""
        at = self._context.now().replace(microsecond=0)
        by = By(self._context.who.person_id or "", at)
        deed = ("装备报修", report_fault, Fault(line.equipment_id, fault_of(line), by))
        self._do(deed)

    def _open_form(self, act: str, things: Sequence[Item], *, ticket: str = "") -> None:
        if act != "register" and not things:
            return
        self.form = EquipmentForm(
            self._context,
            act,
            things,
            self._offered,
            self._do,
            self,
            ticket=ticket,
        )
        self.form.destroyed.connect(self._on_form_gone)
        self.form.show()

    def _on_form_gone(self) -> None:
        self.form = None

    def _do(self, deed: Deed) -> None:
        label, command, args = deed
        done = partial(self._on_done, label)
        self._context.write(self, label, command, args, done, self._on_refused)

    def _on_done(self, label: str, _result: object) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.accept()
        self._context.notify(f"{label}：已登记", level="done")

    def _on_refused(self, sentence: str) -> None:
        if self.form is not None:
            self.form.refuse(sentence)
        else:
            self._context.notify(sentence, level="error")

    # Paper

    def _print_page(self, paper: str) -> None:
        if self.page.shown is not None:
            self.print_paper(paper, [self.page.shown.item.id])

    def print_paper(self, paper: str, ids: Sequence[str]) -> None:
        """The loan slip of things, or the custody chain of one."""
        ask = PaperAsk(tuple(ids), self._context.now(), self._context.who.name)
        query = loan if paper == "loan" else custody
        self._context.read(self, "paper", query, ask, self._lay_out)

    def print_sheet(self, test: LastTest | None) -> None:
        """The sheet of a self-test."""
        if test is not None:
            ask = SheetAsk(test, self._context.now(), self._context.who.name)
            self._context.read(self, "paper", self_test_sheet, ask, self._lay_out)

    def _lay_out(self, slip: Slip) -> None:
        path = self._context.documents_folder() / file_name(slip.title, slip.number)
        shown = partial(self._show_paper, slip)
        self._context.layout(self, print_slip, PrintArgs(slip, path), shown)

    def _show_paper(self, slip: Slip, path: Path) -> None:
        self._context.copied("print", f"{slip.title} {slip.number}")
        preview = PdfPreview(path, slip.title, self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

    # Import

    def _choose_file(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, self.tr("Import a register"), "", "XLSX, CSV (*.xlsx *.csv)"
        )
        if chosen:
            self.import_file(Path(chosen))

    def import_file(self, path: Path) -> None:
        """Reads a sheet and asks before anything is written."""
        failed = partial(self._context.notify, level="error")

        def compare(lines: tuple[RawLine, ...]) -> None:
            args = PlanArgs(path.name, lines, self._context.today())
            self._context.read(self, "plan", plan, args, self._ask_import, failed)

        self._context.layout(self, read_lines, path, compare, failed)

    def _ask_import(self, found: Plan) -> None:
        if not found.new:
            self._context.notify(f"{found.name}：{found.words}", level="warning")
            return
        confirm(
            self,
            object_name="confirm_import",
            title=self.tr("Import a register"),
            text=f"{found.name}\n{found.words}",
            accept_text=self.tr("Import"),
            on_accept=lambda: self._take(found),
        )

    def _take(self, found: Plan) -> None:
        at = self._context.now().replace(microsecond=0)
        args = TakeArgs(found, By(self._context.who.person_id or "", at))
        failed = partial(self._context.notify, level="error")
        self._context.write(self, "导入装备台账", take, args, self._on_taken, failed)

    def _on_taken(self, count: int) -> None:
        text = self.tr("{count} things entered in the register").format(count=count)
        self._context.notify(text, level="done")
