"""The panel of documents over the office of the document tests, clicked as a person does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.circulars.specimen import make_specimen
from desktop.command.measures.approving import Approve, approval_copy, approve
from desktop.contract.context import Who
from desktop.contract.list_panel import ListPanel
from desktop.documents.pages import laid_out, rendered
from desktop.panels.documents.possible import Do
from desktop.panels.documents.view import DocumentsView
from desktop.rules.coercive import KINDS
from storage.schema import table
from tests.documents.office import AT, Office, office
from tests.panels.fake_context import FakeContext
from tests.panels.real_city import RealCity

PIN = "仅供测试"
# What a person types into the form of each kind; kinds of the case have their words from it.
TYPED: dict[str, dict[str, str]] = {
    "notice": {
        "subject": "报送涉案款物清理情况",
        "to": "各基层人民法院",
        "body": "请各院对本院案款作一次清理。",
        "reply_by": "2026-12-10",
    },
    "reply_letter": {
        "subject": "信访事项办理情况",
        "to": "洛阳市某某局",
        "about": "关于转办信访事项的函",
        "body": "经查，该案正在执行中。",
    },
    "execution_notice": {"days": "10", "other_duty": "交付合同约定的设备一台；"},
    "property_order": {"days": "10"},
    "property_form": {},
    "announcement": {"papers": "执行通知书、报告财产令"},
    "handover_sheet": {
        "receiver": "第一执行团队",
        "reason": "人员调整。",
        "papers": "卷宗两册、查控反馈一份。",
        "open_matters": "一处房产待评估。",
    },
    "detention_decision": {"person": "钱某", "facts": "拒不报告财产。", "days": "10"},
    "fine_decision": {
        "person": "云杉商贸有限公司",
        "facts": "虚假报告财产。",
        "amount": "5000000",
        "pay_by": "2026-12-15",
    },
    "summons": {"person": "钱某", "facts": "两次传唤均未到场。", "place": "本院执行事务中心"},
    "control_ruling": {
        "measure": "冻结被执行人云杉商贸有限公司的银行存款，以人民币一百万元为限。",
        "period": "一年",
        "from": "2026-11-24",
    },
    "deduction_ruling": {
        "person": "云杉商贸有限公司",
        "bank": "示范银行东城支行 0000 1111 2222",
        "amount": "50000000",
    },
    "sale_confirmation": {
        "thing": "位于东城区示范路1号2幢301室的房屋",
        "buyer": "孙某",
        "sold_on": "2026-11-20",
        "price": "86000000",
    },
    "consumption_order": {
        "person": "云杉商贸有限公司",
        "covered": "云杉商贸有限公司及其法定代表人钱某",
    },
    "search_warrant": {
        "person": "云杉商贸有限公司",
        "facts": "账簿去向不明。",
        "searchers": "顾长风等四人",
        "place": "示范路1号",
    },
    "eviction_announcement": {
        "person": "云杉商贸有限公司",
        "place": "东城区示范路1号2幢301室",
        "by": "2026-12-20",
    },
    "outside_police": {
        "to": "示范市公安局",
        "on": "2026-12-01",
        "place": "示范路1号",
        "reason": "现场人员较多",
        "count": "12",
    },
    "extension_approval": {
        "due_on": "2027-02-28",
        "until": "2027-05-31",
        "reason": "评估结果尚未作出。",
    },
    "disbursement": {
        "payee": "李某",
        "account": "示范银行 0000 3333",
        "amount": "1200000",
        "reason": "扣划存款所得，依执行依据第一项发放。",
    },
    "programme_closure_ruling": {
        "inquiry": "三次网络查控均无可供执行的财产，已采取限制消费措施。",
        "told": "已将查控情况告知申请执行人，其未提供财产线索。",
    },
    "objection_ruling": {
        "objector": "云杉商贸有限公司",
        "claimed": "查封的财产超过标的额，请求解除部分查封。",
        "found": "查封房屋一处，无人对其价值提出评估。",
        "reasons": "现有证据不足以认定明显超标的查封。",
        "law": "《中华人民共和国民事诉讼法》第二百三十六条",
        "decision": "驳回异议人云杉商贸有限公司的异议请求。",
        "remedy": "如不服本裁定，可以自送达之日起十日内，向上一级人民法院申请复议。",
    },
    "review_ruling": {
        "objector": "云杉商贸有限公司",
        "before": "示范市东城区人民法院（2026）豫0381执异1号执行裁定",
        "claimed": "原裁定认定事实错误。",
        "found": "与原审查明的一致。",
        "reasons": "原裁定认定事实清楚，适用法律正确。",
        "law": "《中华人民共和国民事诉讼法》第二百三十六条",
        "decision": "驳回复议申请，维持原裁定。",
    },
    "petition_answer": {
        "subject": "迟延履行利息计算",
        "to": "示范市西城区人民法院",
        "about": "关于迟延履行利息如何计算的请示",
        "body": "同意你院审判委员会的多数意见。",
    },
    "auction_parameters": {
        "thing": "东城区示范路1号2幢301室",
        "reference": "100000000",
        "start": "70000000",
        "deposit": "7000000",
        "step": "500000",
        "reason": "参照询价结果，首次拍卖按七成起拍。",
    },
    "major_matter": {
        "subject": "中止对云杉商贸有限公司的拍卖",
        "matter": "当事人达成和解意向。",
        "opinion": "三名法官一致同意暂缓拍卖一个月。",
    },
}
PASSING = ("leader", "first", "second", "third", "president", "chief")
JUDGES = ("裁判甲", "裁判乙", "裁判丙")
DRAFTER = {"notice": "clerk", "reply_letter": "clerk"}


@dataclass
class Desk:
    """The panel, and who sits before it."""

    view: DocumentsView
    office: Office
    qtbot: QtBot

    @property
    def context(self) -> FakeContext:
        """What the panel asks."""
        return self.office.city.context

    @property
    def city(self) -> RealCity:
        """Its courts and cases."""
        return self.office.city

    def sit(self, who: str) -> None:
        """Another person sits down; the page is read anew."""
        person = table("person").c
        with self.office.engine.connect() as connection:
            row = connection.execute(
                select(person.name, person.post).where(person.id == self.office.people[who])
            ).one()
        self.context.who = Who(self.office.people[who], row.name, row.post)
        if self.view.shown_page == "document":
            self.view.page.open(self.view.page.document_id)

    def press(self, do: Do) -> None:
        """Clicks a button of the page that is shown and may be pressed."""
        button = self.view.page.bar.buttons[do]
        assert button.isVisible(), do
        assert button.isEnabled(), (do, button.toolTip())
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def dialog(self, name: str) -> QDialog:
        """The dialog of that name that is open."""
        found = [one for one in self.view.findChildren(QDialog, name) if one.isVisible()]
        assert len(found) == 1, name
        return found[0]

    def accept(self, dialog: QWidget) -> None:
        """Presses its accepting button."""
        button = dialog.findChild(QPushButton, "accept")
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def draft(self, kind: str, case_id: str = "", **changed: str) -> str:
        """Fills and stores a form as whoever sits there; gives the document's id."""
        self.view.apply({"new": "1", "kind": kind, "case_id": case_id})
        assert self.view.form.form is not None, self.view.form.problem.text()
        self.type_in({**TYPED[kind], **changed})
        self.seat()
        self.qtbot.mouseClick(self.view.form.form.submit_button, Qt.MouseButton.LeftButton)
        assert self.view.shown_page == "document", self.view.form.problem.text()
        return self.view.page.document_id

    def type_in(self, values: dict[str, str]) -> None:
        """Puts values into the fields as they are kept."""
        from desktop.panels.documents.inputs import from_text  # noqa: PLC0415  Qt of the panel.

        seed, form = self.view.form.seed, self.view.form.form
        assert seed is not None
        assert seed.template is not None
        assert form is not None
        fields = {field.key: field for field in seed.template.fields}
        form.set_values({key: from_text(fields[key], text) for key, text in values.items()})

    def seat(self, *names: str) -> None:
        """Chooses the judges of the panel, where the form asks for one."""
        bench = self.view.form.bench
        if bench is not None:
            for box, name in zip(bench.boxes, names or JUDGES, strict=True):
                box.setCurrentText(name)
                assert box.currentText() == name, name

    def through_stages(self) -> list[str]:
        """Everybody who can, one after another, until only the signature lacks; gives who did."""
        done = []
        while self.state() == "checking":
            who = next((word for word in PASSING if self.may(word, Do.PASS)), "")
            if not who:
                break  # nobody signs it: all its stages are done
            self.press(Do.PASS)
            if self.view.page.page is not None and self.view.page.page.kind in KINDS:
                self._approve_elsewhere(who)
            else:
                self.accept(self.dialog("pass_dialog"))
            done.append(who)
        return done

    def _approve_elsewhere(self, who: str) -> None:
        """What takes freedom or money is approved on its own page, with a PIN."""
        document_id = self.view.page.document_id
        assert self.context.opened[-1] == ("coercive", {"document_id": document_id})
        with self.office.engine.begin() as connection:
            act = self.office.act(connection, document_id, who)
            pages = rendered(approval_copy(connection, document_id))
            laid = laid_out(approval_copy(connection, document_id), pages)
            approve(connection, Approve(act, pages, pages + b"%signed", laid))
        self.view.page.open(document_id)

    def may(self, who: str, do: Do) -> bool:
        """Whether that person could press the button."""
        self.sit(who)
        page = self.view.page.page
        return page is not None and do in page.possible and page.possible[do].allowed

    def number_and_sign(self, who: str) -> None:
        """Takes the number, and signs with the PIN what is shown."""
        self.sit(who)
        self.press(Do.NUMBER)
        self.press(Do.SIGN)
        box = self.view.tools.current
        assert box is not None
        assert box.pin.isVisible(), box.refusal.text()
        box.pin.setText(PIN)
        self.qtbot.mouseClick(box.sign_button, Qt.MouseButton.LeftButton)
        assert self.view.shown_page == "document", box.error.text()

    def rows(self, panel: ListPanel[Any], count: int) -> list[Mapping[str, Any]]:
        """The rows of a list, once it has that many and all have come."""
        found: list[Mapping[str, Any]] = []

        def come() -> bool:
            values = [panel.model.row_values(row) for row in range(panel.model.rowCount())]
            found[:] = [one for one in values if one is not None]
            return len(values) == len(found) == count and not panel.live.stale

        self.qtbot.waitUntil(come, timeout=3_000)
        return found

    def state(self) -> str:
        """The stored state of the document on show."""
        document = table("document").c
        with self.office.engine.connect() as connection:
            return str(
                connection.execute(
                    select(document.state).where(document.id == self.view.page.document_id)
                ).scalar_one()
            )


def open_desk(qtbot: QtBot, folder: Path, certificate: Path) -> Desk:
    """The panel on the screen; an assistant joins the case's team."""
    made = office(folder)
    made.city.put(
        "membership",
        person_id=made.people["outsider"],
        team_id=made.city.team,
        role="assistant",
        from_on="2025-01-01",
    )
    made.people["assistant"] = made.people["outsider"]
    adjudicate(made)
    made.city.context.settings["signing_certificate"] = str(certificate)
    view = DocumentsView(made.city.context)
    qtbot.addWidget(view)
    for model in (view.list.model, view.page.receipts.model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    desk = Desk(view, made, qtbot)
    desk.sit("clerk")
    view.resize(1280, 760)
    view.show()
    qtbot.waitExposed(view)
    return desk


def adjudicate(made: Office) -> None:
    """A team of three judges who decide objections."""
    court = made.city.court
    team = made.put("team", court_id=court, name="执行裁决团队", kind="adjudication", number=77)
    for who, name in zip(("first", "second", "third"), JUDGES, strict=True):
        made.people[who] = made.put(
            "person", court_id=court, name=name, post="quota_judge", quota=1
        )
        made.city.put(
            "membership",
            person_id=made.people[who],
            team_id=team,
            role="judge",
            from_on="2025-01-01",
        )


def certificate(folder: Path) -> Path:
    """A specimen certificate of the court."""
    path = folder / "court.p12"
    path.write_bytes(make_specimen("虚构市中级人民法院", PIN, from_=AT - timedelta(days=30)).bundle)
    return path
