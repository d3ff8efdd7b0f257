"""From a press of a button to the act on the document: questions, writes, answers. UI thread."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.documents.course import ActArgs, dissent, send_back, submit
from desktop.documents.figures_draft import New
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.receipts import Issue, recall
from desktop.documents.replacing import supersede
from desktop.documents.replies import Answer, AskReplies, Objection, answer, ask_replies
from desktop.evidence.snapshot import ChainHead
from desktop.panels.documents.canned import canned
from desktop.panels.documents.commands import (
    StageArgs,
    issue_document,
    pass_open_stage,
    remind_documents,
)
from desktop.panels.documents.dialogs import ObjectionDialog, WhomDialog, ask_note
from desktop.panels.documents.page_queries import DocumentPage
from desktop.panels.documents.possible import Do, stage_word
from desktop.panels.documents.queries import court_of_person
from desktop.panels.documents.refreeze import Freeze, chain_head, frozen, replaced
from desktop.panels.documents.rules import COUNTED
from desktop.paper.proof import (
    FileOut,
    Kept,
    ObjectArgs,
    Proof,
    kept_proof,
    made_again,
    object_with_proof,
    written,
)
from desktop.rules.coercive import KINDS as COERCIVE
from desktop.rules.signing_matrix import Stage
from widgets.dialogs import confirm

# Days that courts have for their reply, proposed; the sender changes it.
_REPLY_DAYS: Final = 2


class DocumentActs(QObject):
    """Signals for what needs another page; `done(words)` and `refused(sentence)` after a write."""

    edit_asked = Signal(str, str)  # document id, kind
    sign_asked = Signal(str)
    print_asked = Signal(object)  # DocumentPage
    verify_asked = Signal(object)  # Path
    open_asked = Signal(str)
    made_again = Signal(object)  # Reproduction
    done = Signal(str)
    refused = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._parent = parent

    def ask(self, do: Do, page: DocumentPage) -> None:
        """Does what a button of the page says, after the questions that it needs."""
        straight: dict[Do, Callable[[DocumentPage], None]] = {
            Do.SUBMIT: self._submit,
            Do.EDIT: lambda one: self.edit_asked.emit(one.id, one.kind),
            Do.PASS: self._pass,
            Do.RETURN: self._return,
            Do.NUMBER: self._number,
            Do.SIGN: lambda one: self.sign_asked.emit(one.id),
            Do.ISSUE: self._issue,
            Do.ASK_REPLIES: self._ask_replies,
            Do.OBJECT: self._object,
            Do.REMIND: self._remind,
            Do.RECALL: self._recall,
            Do.PRINT: self.print_asked.emit,
            Do.VERIFY: self._verify,
            Do.REPRODUCE: self._reproduce,
            Do.SUPERSEDE: self._supersede,
        }
        straight[do](page)

    def _act(self, page: DocumentPage, body: str = "") -> ActArgs:
        context = self._context
        return ActArgs(page.id, context.who.person_id, context.now(), page.content, body)

    def _write(
        self,
        page: DocumentPage,
        word: str,
        command: Callable[[Any, Any], Any],
        args: Any,
        said: Callable[[Any], str],
    ) -> None:
        label = f"{page.number or page.kind_name}{word}"
        self._context.write(
            self,
            label,
            command,
            args,
            lambda result: self.done.emit(said(result)),
            self.refused.emit,
        )

    # The course

    def _submit(self, page: DocumentPage) -> None:
        said = self.tr("Sent for review")
        self._write(page, "送审", submit, self._act(page), lambda _none: said)

    def _pass(self, page: DocumentPage) -> None:
        stage = page.possible[Do.PASS].stage
        word = stage_word(stage)
        if page.kind in COERCIVE and stage == Stage.APPROVE:
            # Approved with a PIN over the very pages, on a page of its own.
            self._context.open("coercive", {"document_id": page.id})
            return

        def go(body: str) -> None:
            args = StageArgs(self._act(page, body), stage)
            said = self.tr("{stage} done").format(stage=word)
            self._write(page, word, pass_open_stage, args, lambda _said: said)

        ask_note(
            self._parent,
            object_name="pass_dialog",
            title=self.tr("{stage}: agree").format(stage=word),
            label=self.tr("Remark (may stay empty)"),
            words=(),
            on_note=go,
            required=False,
        )

    def _return(self, page: DocumentPage) -> None:
        """退回, or in a panel the vote against; either needs words."""
        votes = page.possible[Do.RETURN].stage == Stage.PANEL

        def go(body: str) -> None:
            said = self.tr("Voted against") if votes else self.tr("Sent back")
            word, command = ("表决不同意", dissent) if votes else ("退回", send_back)
            self._write(page, word, command, self._act(page, body), lambda _none: said)

        ask_note(
            self._parent,
            object_name="return_dialog",
            title=self.tr("Vote against") if votes else self.tr("Send back"),
            label=self.tr("Why? The opinion is kept.")
            if votes
            else self.tr("Why is it sent back?"),
            words=() if votes else canned().notes.get("return", ()),
            on_note=go,
        )

    def _number(self, page: DocumentPage) -> None:
        args = NumberArgs(page.id, self._context.today())
        asked = self.tr("The shared database was asked for a number")

        def said(number: str) -> str:
            return self.tr("Numbered {number}").format(number=number) if number else asked

        self._write(page, "编号", ask_number, args, said)

    # Sending

    def _issue(self, page: DocumentPage) -> None:
        handler = self._context.who.person_id
        first = () if page.shared or handler is None else (handler,)
        dialog = WhomDialog(
            self._context,
            self.tr("Issue"),
            self._parent,
            persons=True,
            all_courts=page.shared,
            first_persons=first,
        )

        def go(courts: tuple[str, ...], persons: tuple[str, ...], _day: object) -> None:
            args = Issue(self._act(page), courts, persons)
            self._context.write(
                dialog, f"印发{page.number}", issue_document, args, done, dialog.refuse
            )

        def done(count: int) -> None:
            dialog.accept()
            self.done.emit(self.tr("Issued to {count} recipients").format(count=count))

        dialog.chosen.connect(go)
        dialog.open()

    def _ask_replies(self, page: DocumentPage) -> None:
        dialog = WhomDialog(
            self._context,
            self.tr("Ask courts"),
            self._parent,
            persons=False,
            day_label=self.tr("Reply by"),
            day=self._context.today() + timedelta(days=_REPLY_DAYS),
            all_courts=True,
        )

        def go(courts: tuple[str, ...], _persons: tuple[str, ...], day: date) -> None:
            args = AskReplies(self._act(page), courts, day)
            label = f"{page.kind_name}征求意见"
            self._context.write(dialog, label, ask_replies, args, done, dialog.refuse)

        def done(count: int) -> None:
            dialog.accept()
            self.done.emit(self.tr("{count} courts were asked").format(count=count))

        dialog.chosen.connect(go)
        dialog.open()

    def _object(self, page: DocumentPage) -> None:
        if page.kind in COUNTED:
            self._context.open(COUNTED[page.kind], {"document_id": page.id, "step": "replies"})
            return
        self._context.read(
            self,
            "court",
            court_of_person,
            self._context.who.person_id or "",
            partial(self._object_for, page),
        )

    def _object_for(self, page: DocumentPage, court_id: str) -> None:
        dialog = ObjectionDialog(self._context, self.tr("Object"), self._parent)

        def go(values: dict[str, object], proof: Proof | None) -> None:
            said = Objection(
                document_id=page.id,
                court_id=court_id,
                body=str(values["body"]),
                by_id=self._context.who.person_id,
                at=self._context.now(),
                row_key=str(values["row_key"]),
                claimed=str(values["claimed"]) or None,
            )
            label = f"对{page.kind_name}提出异议"
            args = ObjectArgs(said, proof)
            self._context.write(dialog, label, object_with_proof, args, done, dialog.refuse)

        def done(_id: str) -> None:
            dialog.accept()
            self.done.emit(self.tr("Objection stored"))

        dialog.said.connect(go)
        dialog.open()

    def ask_answer(self, page: DocumentPage, objection_id: str, accepted: bool) -> None:
        """Accepts or rejects an objection, with the reason."""
        title = self.tr("Accept objection") if accepted else self.tr("Do not accept objection")

        def go(reason: str) -> None:
            who, at = self._context.who.person_id, self._context.now()
            args = Answer(objection_id, accepted, reason, who, at)
            said = self.tr("Answer stored")
            self._write(page, "处理异议", answer, args, lambda _none: said)

        ask_note(
            self._parent,
            object_name="answer_dialog",
            title=title,
            label=self.tr("Reason"),
            words=canned().notes.get("answer", ()),
            on_note=go,
        )

    # After the issue

    def _remind(self, page: DocumentPage) -> None:
        def said(count: int) -> str:
            return self.tr("{count} reminded").format(count=count)

        self._write(page, "催阅", remind_documents, (self._act(page),), said)

    def _recall(self, page: DocumentPage) -> None:
        def go(body: str) -> None:
            said = self.tr("Recalled")
            self._write(page, "撤销", recall, self._act(page, body), lambda _none: said)

        ask_note(
            self._parent,
            object_name="recall_dialog",
            title=self.tr("Recall"),
            label=self.tr("Why is it recalled? Its number and its receipts stay."),
            words=canned().notes.get("recall", ()),
            on_note=go,
        )

    def _supersede(self, page: DocumentPage) -> None:
        if page.kind in COUNTED:
            self._refreeze(page)
            return
        self._context.write(
            self,
            f"另拟替代{page.number}",
            supersede,
            self._act(page),
            self._on_superseded,
            self.refused.emit,
        )

    def _refreeze(self, page: DocumentPage) -> None:
        """A circular made from figures is replaced by one whose figures are frozen anew."""
        said = self.tr("Its figures are frozen anew, as the facts are now, for the new draft.")
        confirm(
            self._parent,
            object_name="freeze_dialog",
            title=page.number,
            text=said,
            accept_text=self.tr("Freeze and draft"),
            on_accept=lambda: self._freeze(page),
        )

    def _freeze(self, page: DocumentPage) -> None:
        context, refused = self._context, self.refused.emit
        args = Freeze(context.law, page.id, context.who.person_id, context.now())

        def write(new: New) -> None:
            label = f"另拟替代{page.number}"
            context.write(self, label, replaced, new, self._on_superseded, refused)

        def read(head: ChainHead | None) -> None:
            context.read(self, "freeze", frozen, replace(args, chain=head), write, refused)

        if context.sync.state().phase == "off":
            read(None)
        else:
            context.sync.ask(self, chain_head, None, read, refused)

    def _on_superseded(self, made: str) -> None:
        self.done.emit(self.tr("A new draft takes its place once it is issued"))
        self.open_asked.emit(made)

    # Proof

    def _verify(self, page: DocumentPage) -> None:
        def write(kept: Kept) -> None:
            out = FileOut(f"{kept.number}_已签发.pdf", kept.file, self._context.documents_folder())
            named = partial(self._on_written, page, kept.number)
            self._context.layout(self, written, out, named, self.refused.emit)

        self._context.read(self, "proof", kept_proof, page.id, write, self.refused.emit)

    def _on_written(self, page: DocumentPage, number: str, path: Path) -> None:
        self._context.copied("export", f"公文 {number}", page.case_id)
        self.verify_asked.emit(path)

    def _reproduce(self, page: DocumentPage) -> None:
        def lay_out(kept: Kept) -> None:
            self._context.layout(self, made_again, kept, self.made_again.emit, self.refused.emit)

        self._context.read(self, "proof", kept_proof, page.id, lay_out, self.refused.emit)
