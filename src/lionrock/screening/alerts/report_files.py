"""A report draft as a file: JSON for other systems, PDF to read. Both say that it is a draft."""

from __future__ import annotations

from lionrock.documents.report import table_pdf
from lionrock.screening.alerts.report_models import Draft, Part, Report

_COLUMNS = ("Field", "Content")
_WIDTHS = (1, 4)


def as_json(report: Report) -> bytes:
    return report.model_dump_json(indent=2).encode()


def as_pdf(report: Report) -> bytes:
    lines = [
        report.notice,
        f"Draft {report.id}, version {report.version}, of {report.changed_at:%Y-%m-%d %H:%M} UTC",
    ]
    title = "Draft for a suspicious transaction report"
    return table_pdf(title, lines, _COLUMNS, _WIDTHS, rows_of(report.draft))


def rows_of(draft: Draft) -> list[tuple[str, str]]:
    """A row a field that holds something, in the order of the fields."""
    rows = _fields("Reporting entity", draft.reporting_entity)
    rows += [("Urgent", _yes(draft.urgent)), ("Relationship ends", _yes(draft.relationship_ends))]
    for number, subject in enumerate(draft.subjects, 1):
        rows += _fields(f"Subject {number}", subject)
    for number, account in enumerate(draft.accounts, 1):
        rows += _fields(f"Account {number}", account)
    rows += [("Indicator", i.meaning) for i in draft.indicators]
    words = [
        ("Property", draft.property), ("Narrative", draft.narrative),
        ("Subject's explanation", draft.explanation),
        ("Earlier reports", "\n".join(draft.earlier_reports)),
    ]  # fmt: skip
    return rows + [(name, text) for name, text in words if text]


def _fields(heading: str, part: Part) -> list[tuple[str, str]]:
    rows = []
    for name in type(part).model_fields:
        value = getattr(part, name)
        text = "\n".join(_line(v) for v in value) if isinstance(value, list) else _line(value)
        if text:
            rows.append((f"{heading}: {name.replace('_', ' ')}", text))
    return rows


def _line(value: object) -> str:
    if isinstance(value, Part):
        return " ".join(str(getattr(value, n)) for n in type(value).model_fields).strip()
    return str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
