"""What every new document has besides its words: the parts of a Word package, and the typst template."""

from __future__ import annotations

from typing import Final

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"

PARTS: Final = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>'
    ),
    "word/_rels/document.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
}

CORE: Final = (
    f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
    "<dc:language>{language}</dc:language></cp:coreProperties>"
)

DOCUMENT: Final = (
    f"{_HEAD}<w:document {_W}><w:body>{{body}}"
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440"'
    ' w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    "</w:body></w:document>"
)


def _style(key: str, name: str, paragraph: str, run: str) -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def _heading(level: int, size: int) -> str:
    """`size`: half points."""
    outline = f'<w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="{level - 1}"/>'
    return _style(f"Heading{level}", f"heading {level}", outline, f'<w:b/><w:sz w:val="{size}"/>')


_LINES: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_CELLS: Final = (
    '<w:tblCellMar><w:left w:w="90" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
)

STYLES: Final = (
    f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}" w:eastAsia="{chinese}"/>'
    '<w:sz w:val="24"/><w:szCs w:val="24"/>'
    '<w:lang w:val="{language}" w:eastAsia="{eastern}"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="276" w:lineRule="auto"/></w:pPr>'
    "</w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    + _heading(1, 32)
    + _heading(2, 26)
    + _heading(3, 24)
    + _style("Small", "Small", '<w:spacing w:after="40" w:line="240"/>', '<w:sz w:val="18"/>')
    + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    f"<w:tblPr>{_CELLS}</w:tblPr></w:style>"
    '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    '<w:basedOn w:val="TableNormal"/>'
    f"<w:tblPr><w:tblBorders>{_LINES}</w:tblBorders></w:tblPr></w:style></w:styles>"
)

TYPST: Final = b"""
#set document(title: sys.inputs.title)
#set page(paper: "a4", margin: 25mm,
  footer: context align(center, text(size: 8pt, counter(page).display("1 / 1", both: true))))
#set text(font: "Noto Sans CJK HK", size: 10.5pt, hyphenate: false, cjk-latin-spacing: none,
  lang: "zh", region: "HK")
#set par(leading: 0.75em, spacing: 1.1em)
#let sizes = (15pt, 12.5pt, 11pt)
#let set-span(s) = {
  let body = s.text.split("\\n").join(linebreak())
  if s.bold { body = text(stroke: 0.022em, body) }
  if s.open { highlight(fill: rgb("#fff2a8"), body) } else { body }
}
#let set-spans(spans) = spans.map(set-span).join()
#for b in json(bytes(sys.inputs.blocks)) {
  if b.turn { pagebreak(weak: true) }
  let size = if b.level > 0 { sizes.at(b.level - 1) } else if b.small { 8pt } else { 10.5pt }
  set text(size: size)
  if b.rows.len() > 0 {
    table(columns: b.widths.map(w => w * 1fr), inset: (x: 4pt, y: 4pt),
      stroke: if b.ruled { 0.4pt + luma(150) } else { none },
      ..b.rows.map(row => row.map(set-spans)).flatten())
  } else {
    block(sticky: b.level > 0, width: 100%, align(
      if b.align == "right" { right } else if b.align == "center" { center } else { left },
      if b.level > 0 { text(stroke: 0.022em, set-spans(b.spans)) } else { set-spans(b.spans) }))
  }
}
"""
