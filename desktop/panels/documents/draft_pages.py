"""The pages of a form that is being typed: what lacks stands as 〔label〕. Layout lane; no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from desktop.circulars.official import Head, Official
from desktop.documents.bench import BENCH_WORD
from desktop.documents.filling import fill
from desktop.documents.kinds import Template, kinds
from desktop.documents.pages import rendered, whose
from desktop.panels.documents.rules import field_fault

_NOTE: Final = "草稿，未签发，不具效力"
_CASE: Final = ("case_number", "court", "handler", "basis_no", "claim", "applicants", "debtors")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it is now, right or wrong; `words`: those of the case."""

    template: Template
    values: Mapping[str, str]
    words: Mapping[str, str]


def typed_official(typed: Typed) -> Official:
    """The document that the form makes."""
    fields, values = [], {}
    for field in typed.template.fields:
        value = typed.values.get(field.key, "")
        if field_fault(typed.template, field, value):
            # What cannot be printed as it is gives way to the name of its field.
            fields.append(replace(field, type="line", most=max(field.most, 500)))
            values[field.key] = f"〔{field.label}〕"
        else:
            fields.append(field)
            values[field.key] = value
    words = dict.fromkeys(_CASE, "〔案件信息〕") | {BENCH_WORD: "〔合议庭〕"} | dict(typed.words)
    filled = fill(replace(typed.template, fields=tuple(fields)), values, words)
    kind = kinds().kind(typed.template.kind)
    organ, mark = whose(kind, typed.words)
    return Official(
        head=Head(mark, ""),
        title=filled.title,
        to=filled.to,
        body=filled.body,
        organ=organ,
        made_on=None,
        note=_NOTE,
        form=kind.form,
    )


def typed_pages(typed: Typed) -> bytes:
    """Laid out as PDF. UserError for a character that no typeface has."""
    return rendered(typed_official(typed))
