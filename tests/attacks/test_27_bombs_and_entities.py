"""Attack 27: archives, PDFs and XML that unpack without end, and entities that read other files."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from tests.attacks.conftest import Taken
from tests.attacks.doors import docx, zipped

LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10)
) + "]>"  # fmt: skip


def pdf_bomb() -> bytes:
    """A page whose content stream unpacks to a thousand times its size."""
    packed = zlib.compress(b"q " * 60_000_000, 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF\n" % (len(packed), packed)
    )


def pages_without_end() -> bytes:
    """A page tree that holds itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 999999999>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("bomb.docx", lambda: docx("x", **{"word/media/b.bin": b"\0" * 200_000_000})),
        ("laughs.docx", lambda: docx("&a9;", LAUGHS)),
        ("bomb.xlsx", lambda: zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>",
                                      "xl/worksheets/sheet1.xml": b" " * 200_000_000})),
        ("endless.pdf", pages_without_end),
        ("bomb.pdf", pdf_bomb),
        ("torn.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 50),
    ],
)  # fmt: skip
async def test_a_bomb_ends_as_a_failed_document_and_the_next_file_is_read(
    taken_in: Taken, name: str, make: object
) -> None:
    document = await taken_in(name, make())  # type: ignore[operator]
    assert document["state"] in ("failed", "ready")
    if document["state"] == "failed":
        assert document["error"]
    after = await taken_in("after.md", f"after {name}".encode())
    assert after["state"] == "ready"


@pytest.mark.parametrize("kind", ["file", "parameter", "http", "xinclude", "relationship"])
async def test_an_entity_reads_no_other_file_and_no_address(
    taken_in: Taken, tmp_path: Path, kind: str, listener: tuple[str, list[str]]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-OF-THE-SERVER")
    tmp_path.chmod(0o755)
    address, callers = listener
    body = "before &x; after"
    files = {
        "file": docx(body, f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'),
        "parameter": docx(body, f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{address}/p.dtd"> %p;]>'),
        "http": docx(body, f'<!DOCTYPE d [<!ENTITY x SYSTEM "{address}/x">]>'),
        "xinclude": docx(
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
        ),
        "relationship": docx("plain", **{"word/_rels/document.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="attachedTemplate" Target="{address}/t" TargetMode="External"/>'
            "</Relationships>").encode()}),
    }  # fmt: skip
    document = await taken_in(f"{kind}.docx", files[kind])
    assert "SECRET" not in json.dumps(document)
    assert callers == []
    if kind in ("file", "parameter", "http"):
        assert document["state"] == "failed" and "document type" in document["error"]


async def test_a_web_page_reads_no_other_file_and_no_address(
    taken_in: Taken, tmp_path: Path, listener: tuple[str, list[str]]
) -> None:
    address, callers = listener
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><head>'
        f'<link rel="stylesheet" href="{address}/a.css"><script src="{address}/a.js"></script>'
        f'<meta http-equiv="refresh" content="0;url={address}/"></head><body><p>Words &x; here.'
        f'<img src="{address}/i.png"><iframe src="file:///etc/passwd"></iframe></p></body></html>'
    )
    document = await taken_in("page.html", page.encode())
    assert document["state"] in ("ready", "failed")
    assert callers == []
