"""The report as a PDF, typeset by typst: its cells are data, never markup."""

from __future__ import annotations

import json
from typing import Any, Final

import typst

from lionrock.documents.parsing.typeset import fonts
from lionrock.screening.tuning import wording
from lionrock.screening.tuning.facts import Facts, Side

_TEMPLATE: Final = b"""
#let report = json(bytes(sys.inputs.report))
#set document(title: report.title.at(0))
#set page(paper: "a4", flipped: true, margin: (x: 12mm, y: 14mm),
  footer: grid(columns: (1fr, auto), text(size: 6pt, report.footer),
    context text(size: 7pt, counter(page).display("1 / 1", both: true))))
#set text(font: "Noto Sans CJK HK", size: 7pt, hyphenate: false, lang: "zh", region: "HK")
#for line in report.title { block(above: 0.6em, text(size: 13pt, stroke: 0.022em, line)) }
#for pair in report.notes { for line in pair { block(above: 0.7em, text(size: 8pt, line)) } }
#let breaking(it) = it.clusters().join(sym.zws)
#let cell(it) = if type(it) == dictionary {
  box(width: 100%, {
    box(width: calc.max(it.bar, 0.004) * 78%, height: 5pt, fill: luma(110))
    h(2pt); text(size: 6pt, it.text) })
} else { breaking(it) }
#for part in report.parts {
  block(above: 1.6em, below: 0.7em, sticky: true, text(size: 10pt, part.heading.join("  ")))
  if part.rows.len() == 0 { text("0") } else {
    table(columns: part.columns.len() * (1fr,), stroke: (x, y) => (bottom: 0.3pt + luma(170)),
      inset: (x: 3pt, y: 3pt),
      table.header(..part.columns.map(c => text(fill: luma(90), c.join(" ")))),
      ..part.rows.flatten().map(cell)) }
}
"""


def pdf(facts: Facts, sha256: str) -> bytes:
    """A4 landscape, both languages. `sha256` is that of the report's JSON."""
    report = {
        "title": wording.TITLE, "notes": wording.notes(facts), "parts": _parts(facts),
        "footer": f"{facts.made_at:%Y-%m-%d %H:%M} UTC · {facts.tenant} · Lionrock {facts.engine}"
        f" · JSON SHA-256 {sha256}",
    }  # fmt: skip
    made = typst.compile(
        _TEMPLATE, font_paths=fonts(), pdf_tags=False,
        sys_inputs={"report": json.dumps(report, ensure_ascii=False)},
    )  # fmt: skip
    return bytes(made)


def _parts(facts: Facts) -> list[dict[str, Any]]:
    lists = [
        [
            x.name, x.version, x.published, f"{x.imported_at:%Y-%m-%d}", x.entries, x.threshold, x.sampled,
            x.newest, x.newest_sampled, x.newest_found,
        ]
        for x in facts.lists
    ]  # fmt: skip
    classes = [
        [_both(wording.KINDS[c.kind]), c.tried, c.found, _bar(c.recall), f"{c.least:.1%}"]
        for c in facts.classes
    ]
    misses = [
        [
            _both(wording.KINDS[m.kind]),
            m.list,
            m.entry,
            m.listed,
            m.screened,
            m.compared,
            m.threshold,
        ]
        for m in facts.misses
    ]
    most = max((p.customers_per_1000 or 0 for p in facts.curve), default=0) or 1
    curve = [
        [
            p.threshold, _bar(p.recall),
            "–" if p.customers_per_1000 is None
            else {"bar": p.customers_per_1000 / most, "text": f"{p.customers_per_1000}"},
            p.true_kept, p.true_lost, p.false_raised, p.false_saved,
        ]
        for p in facts.curve
    ]  # fmt: skip
    names = ("variants", "customers", "decided_true", "decided_false")
    tops = {n: max(getattr(b, n) for b in facts.bins) or 1 for n in names}
    bins = [
        [
            f"{b.least:.2f}",
            *({"bar": getattr(b, n) / tops[n], "text": f"{getattr(b, n)}"} for n in names),
        ]
        for b in facts.bins
    ]
    every = {
        "lists": lists, "classes": classes, "misses": misses, "curve": curve, "bins": bins,
        "above": _pairs(facts.above), "below": _pairs(facts.below),
    }  # fmt: skip
    return [
        {
            "heading": wording.SECTIONS[name],
            "columns": wording.COLUMNS["above" if name == "below" else name],
            "rows": [[c if isinstance(c, dict) else _text(c) for c in row] for row in rows],
        }
        for name, rows in every.items()
    ]


def _pairs(side: Side) -> list[list[Any]]:
    return [[p.customer, p.list, p.entry, p.listed, p.score] for p in side.pairs]


def _both(said: wording.Said) -> str:
    return f"{said[0]} {said[1]}"


def _bar(share: float | None) -> Any:
    return "–" if share is None else {"bar": share, "text": f"{share:.1%}"}


def _text(value: object) -> str:
    return " " if value in (None, "") else str(value)
