"""A table of records as a PDF to hand over, typeset by typst: its cells are data, never markup."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typst

from lionrock.documents.parsing.typeset import fonts

_TEMPLATE = b"""
#let report = json(bytes(sys.inputs.report))
#set document(title: report.title)
#set page(paper: "a4", flipped: true, margin: (x: 12mm, y: 14mm),
  footer: context align(right, text(size: 7pt, counter(page).display("1 / 1", both: true))))
#set text(font: "Noto Sans CJK HK", size: 7pt, hyphenate: false, lang: "zh", region: "HK")
#text(size: 13pt, stroke: 0.022em, report.title)
#for line in report.lines { block(above: 0.7em, text(size: 8pt, line)) }
#let breaking(it) = it.clusters().join(sym.zws)
#table(columns: report.widths.map(w => w * 1fr), stroke: (x, y) => (bottom: 0.3pt + luma(170)),
  inset: (x: 3pt, y: 3.5pt),
  table.header(..report.columns.map(c => text(fill: luma(90), c))),
  ..report.rows.flatten().map(breaking))
"""


def table_pdf(
    title: str, lines: Sequence[str], columns: Sequence[str], widths: Sequence[int],
    rows: Sequence[Sequence[str]],
) -> bytes:  # fmt: skip
    """A4 landscape, the heading row on every page. `widths` are shares; `lines` stand above."""
    report = {
        "title": title, "lines": list(lines), "columns": list(columns), "widths": list(widths),
        "rows": [[cell or " " for cell in row] for row in rows],
    }  # fmt: skip
    made = typst.compile(
        _TEMPLATE, font_paths=fonts(), pdf_tags=False,
        sys_inputs={"report": json.dumps(report, ensure_ascii=False)},
    )  # fmt: skip
    return bytes(made)
