"""Small office files, messages and archives, written by hand: no program made them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

_O = "urn:oasis:names:tc:opendocument:xmlns"
_ODF_NAMES = " ".join(
    f'xmlns:{short}="{_O}:{long}:1.0"'
    for short, long in (("office", "office"), ("text", "text"), ("table", "table"),
                        ("draw", "drawing"), ("style", "style"), ("presentation", "presentation"))
)  # fmt: skip
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """A ZIP of these files, the same bytes each time."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()


def opendocument(
    kind: str, body: str, styles: str = "", more: Mapping[str, str] | None = None, head: str = ""
) -> bytes:
    """An OpenDocument file; `kind` is "text", "spreadsheet" or "presentation"."""
    content = (
        f"{head}<office:document-content {_ODF_NAMES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": mimetype, "content.xml": content, **(more or {})})


def words(text: str, properties: str = "") -> str:
    """A paragraph of a slide."""
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def shape(inner: str, holder: str | None = None) -> str:
    """A shape with these paragraphs, a placeholder of the kind named if one is."""
    place = f'<p:ph type="{holder}"/>' if holder else "<p:ph/>" if holder == "" else ""
    return f"<p:sp><p:nvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:txBody>{inner}</p:txBody></p:sp>"


def presentation(
    slides: list[str], notes: Mapping[int, str] | None = None, hidden: tuple[int, ...] = ()
) -> bytes:
    """A PPTX; the files of the slides are numbered backwards, for only the list orders them."""
    names = f'xmlns:a="{_A}" xmlns:p="{_P}" xmlns:r="{_R}"'
    listed = "".join(f'<p:sldId r:id="r{n}"/>' for n in range(len(slides)))
    parts = {
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{listed}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(
            {f"r{n}": ("slide", f"slides/slide{len(slides) - n}.xml") for n in range(len(slides))}
        ),
    }
    for n, tree in enumerate(slides):
        file = f"slide{len(slides) - n}.xml"
        unseen = ' show="0"' if n in hidden else ""
        parts[f"ppt/slides/{file}"] = _tree("sld", names, tree, unseen)
        if notes and n in notes:
            target = {"n": ("notesSlide", f"../notesSlides/{file}")}
            parts[f"ppt/slides/_rels/{file}.rels"] = _relations(target)
            parts[f"ppt/notesSlides/{file}"] = _tree("notes", names, notes[n])
    return zipped(parts)


def _tree(kind: str, names: str, tree: str, more: str = "") -> str:
    return f"<p:{kind} {names}{more}><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:{kind}>"


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{key}" Type="{_R}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELS}">{entries}</Relationships>'


Tree = Mapping[str, "bytes | Tree"]
"""Streams and folders of an OLE file by their names."""

_SECTOR, _MINI, _CUT = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(tree: Tree) -> bytes:
    """A compound file (MS-CFB, version 3). The children of a folder hang in a row, not a tree."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, b""]]
    _hang(entries, 0, tree)
    mini, minifat = bytearray(), list[int]()
    sectors, fat = bytearray(), list[int]()
    places: list[tuple[int, int]] = []
    for entry in entries:
        data = entry[4]
        assert isinstance(data, bytes)
        if entry[1] != 2 or not data:
            places.append((_END, 0))
        elif len(data) < _CUT:
            places.append((_chain(minifat, mini, data, _MINI), len(data)))
        else:
            places.append((_chain(fat, sectors, data, _SECTOR), len(data)))
    places[0] = (_chain(fat, sectors, bytes(mini), _SECTOR) if mini else _END, len(mini))
    packed = b"".join(map(_entry, entries, places))
    directory = _chain(fat, sectors, packed, _SECTOR)
    table = struct.pack(f"<{len(minifat)}I", *minifat)
    padded = table + b"\xff" * (-len(table) % _SECTOR)
    first_mini = _chain(fat, sectors, padded, _SECTOR) if minifat else _END
    of_fat = 1
    while of_fat * (_SECTOR // 4) < len(fat) + of_fat:
        of_fat += 1
    start = len(fat)
    fat += [_FAT] * of_fat
    fat += [_FREE] * (-len(fat) % (_SECTOR // 4))
    sectors += struct.pack(f"<{len(fat)}I", *fat)
    difat = [*range(start, start + of_fat)]
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9,
        6, bytes(6), 0, of_fat, directory, 0, _CUT, first_mini, len(padded) // _SECTOR if minifat else 0,
        _END, 0, 0,
    )[:76]  # fmt: skip
    return head + struct.pack("<109I", *difat, *[_FREE] * (109 - of_fat)) + bytes(sectors)


def _hang(entries: list[list[object]], parent: int, tree: Tree) -> None:
    last = 0
    # By length first, as the format orders names.
    for name, content in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        number = len(entries)
        folder = not isinstance(content, bytes)
        entries.append([name, 1 if folder else 2, _FREE, _FREE, b"" if folder else content])
        if last:
            entries[last][2] = number
        else:
            entries[parent][3] = number
        last = number
        if not isinstance(content, bytes):
            _hang(entries, number, content)


def _chain(table: list[int], sectors: bytearray, data: bytes, size: int) -> int:
    first, count = len(table), -(-len(data) // size)
    table += [*range(first + 1, first + count), _END]
    sectors += data.ljust(count * size, b"\0")
    return first


def _entry(entry: list[object], place: tuple[int, int]) -> bytes:
    name, kind, right, child, _ = entry
    wide = str(name).encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", wide, len(wide), kind, 1, _FREE, right, child, bytes(16), 0, 0, 0, *place
    )  # fmt: skip


def properties(head: int, fixed: Mapping[int, int], **_: int) -> bytes:
    """A property stream with these fixed values."""
    rows = b"".join(struct.pack("<HHIQ", 3, tag, 6, value) for tag, value in fixed.items())
    return bytes(head) + rows


def message(
    texts: Mapping[int, str | bytes], fixed: Mapping[int, int] | None = None, head: int = 32,
    more: Tree | None = None,
) -> Tree:  # fmt: skip
    """A message's folder: text as Unicode properties, bytes as binary ones."""
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": properties(head, fixed or {})}
    for tag, value in texts.items():
        kind = "0102" if isinstance(value, bytes) else "001F"
        data = value if isinstance(value, bytes) else value.encode("utf-16-le")
        tree[f"__substg1.0_{tag:04X}{kind}"] = data
    return tree | dict(more or {})


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
