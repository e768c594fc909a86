"""Pages read: their form in bytes, and the conversation in which they come."""

from __future__ import annotations

import asyncio
import json
import sys
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsing import reading, sandbox
from lionrock.documents.parsing.fragments import Fragment
from lionrock.documents.parsing.paged import Paged
from lionrock.documents.parsing.reading import Inconsistent, ReadPage, packed, unpacked
from lionrock.documents.parsing.talk import Ocr
from lionrock.errors import Unavailable, UnreadableDocument
from tests.documents.parsing.making import check, parsed, pdf, texts

GLYPHS = [(1.0, 2.0, 3.0, 4.0), (1.0, 4.0, 3.0, 6.0)]


def page() -> ReadPage:
    fragments = [
        Fragment("one 客", [0.0, 1.5, 2.0, 2.5, 3.0, 9.25], 1.0, 12.0, 11.0, (b"A", b"B\xe9")),
        Fragment("直書", [0.0, 1.0, 2.0], 1.0, 2.0, 11.0, (b"A", b"A"), turn=3, glyphs=GLYPHS),
    ]
    return ReadPage(7, 595.0, 842.0, fragments, {b"B\xe9": (700, 5)}, 1, 0.93, True)


def test_a_page_comes_back_whole() -> None:
    back = unpacked(packed(page()))
    for fragment in back.fragments:
        fragment.xs = list(fragment.xs)
    assert back == page()


@given(st.data())
def test_a_page_that_was_changed_is_a_page_or_is_refused(data: st.DataObject) -> None:
    body = bytearray(packed(page()))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    for changed in (bytes(body), bytes(body[:cut])):
        try:
            back = unpacked(changed)
        except Inconsistent:
            continue
        for fragment in back.fragments:
            assert fragment.text and len(fragment.xs) == len(fragment.text) + 1
            assert fragment.glyphs is None or len(fragment.glyphs) == len(fragment.text)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 0), (0, "7"), (1, -1), (1, 1e9), (2, None), (3, 4), (4, 1.5), (4, "x"), (6, [["A"]]),
     (6, [[5, 1, 1]]), (7, [[]]), (7, [["", 0, 0, 1, "A", "A", 0, False]]), (7, 5)],
)  # fmt: skip
def test_a_page_with_senseless_facts_is_refused(place: int, value: object) -> None:
    body = packed(ReadPage(1, 595.0, 842.0, []))
    head = json.loads(body[reading._HEAD.size :])
    head[place] = value
    text = json.dumps(head).encode()
    with pytest.raises(Inconsistent):
        unpacked(reading._HEAD.pack(reading.FORMAT, len(text)) + text)


def test_places_that_are_none_are_refused() -> None:
    body = packed(page())
    with pytest.raises(Inconsistent):
        unpacked(body[:-4] + array("f", [float("nan")]).tobytes())
    with pytest.raises(Inconsistent):
        unpacked(body + array("f", [1.0]).tobytes())


class Kept:
    """Keeps pages in memory."""

    def __init__(self, bodies: list[bytes]) -> None:
        self.bodies, self.have = bodies, len(bodies)
        self.came: list[int] = []

    async def keep(self, number: int, count: int, body: bytes) -> None:
        self.came.append(number)
        self.bodies.append(body)
        self.have = number

    async def kept(self, until: int) -> AsyncIterator[bytes]:
        for body in self.bodies[:until]:
            yield body


SOURCE = (
    "= Title\nFirst page of the text.\n#pagebreak()\nThe second runs\n#pagebreak()\nover to 三."
)


async def test_what_was_read_before_is_not_read_again_and_the_document_is_the_same(
    tmp_path: Path,
) -> None:
    path = pdf(tmp_path, SOURCE)
    whole, pages = parsed(path), Kept([])
    first = await sandbox.parse(path, path.name, seconds=60, memory_bytes=2**30, pages=pages)
    assert pages.came == [1, 2, 3]
    half = Kept(pages.bodies[:2])
    again = await sandbox.parse(path, path.name, seconds=60, memory_bytes=2**30, pages=half)
    assert half.came == [3]
    for document in (first, again):
        check(document)
        assert (document.title, document.blocks) == (whole.title, whole.blocks)
        assert [p.text for p in document.pages] == [p.text for p in whole.pages]


SAYS = {
    "F 2 2 0": "no consistent answer",
    "F 1 2 5\\nabcde": "no consistent answer",
    "F 1 0 0": "no consistent answer",
    "F 1 999999999 0": "no consistent answer",
    "F 1 2 99999999999": "no consistent answer",
    "O 5": "no consistent answer",
    "W 0": "no consistent answer",
    "X": "no consistent answer",
}


@pytest.mark.parametrize("said", SAYS)
async def test_a_child_that_says_what_makes_no_sense_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    script = f"import time; print('{said}', flush=True); time.sleep(600)"
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", script))
    with pytest.raises(UnreadableDocument, match=SAYS[said]):
        await sandbox.parse(tmp_path / "file.pdf", "file.pdf", seconds=60, memory_bytes=2**30)


FALLS = """
import json, os, sys, time
request = json.loads(sys.stdin.readline())
body = bytes.fromhex({body!r})
def said(text, data=b""):
    sys.stdout.buffer.write(text.encode() + b"\\n" + data); sys.stdout.buffer.flush()
if 1 not in request["skipped"]:
    said("O 1"); {end}
said("F 1 1 %d" % len(body), body)
said("E " + json.dumps("skipped %s, ocr %s" % (request["skipped"], request["ocr"])))
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 11)", "time.sleep(600)"])
async def test_a_page_whose_recognition_brings_the_reader_down_is_left_out_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    script = FALLS.format(body=packed(ReadPage(1, 595.0, 842.0, [])).hex(), end=end)
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", script))
    with pytest.raises(UnreadableDocument, match=r"skipped \[1\], ocr True"):
        await sandbox.parse(
            tmp_path / "file.pdf", "file.pdf", seconds=60, memory_bytes=2**30, ocr=Ocr(True, 1)
        )


async def test_the_time_of_a_recognised_page_is_not_the_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = packed(ReadPage(1, 595.0, 842.0, [])).hex()
    script = FALLS.format(body=body, end="time.sleep(3)")
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", script))
    with pytest.raises(UnreadableDocument, match=r"skipped \[\], ocr True"):
        await sandbox.parse(
            tmp_path / "file.pdf", "file.pdf", seconds=2, memory_bytes=2**30, ocr=Ocr(True, 60)
        )


class Parent:
    have = 0
    keeps = False

    def __init__(self) -> None:
        self.tried: list[int] = []

    def page(self, number: int, count: int, body: bytes) -> None: ...

    def trying(self, number: int) -> None:
        self.tried.append(number)

    def kept(self, until: int):  # type: ignore[no-untyped-def]
        return iter(())


class Eyes:
    """Sees every page without text, and reads `says`."""

    def __init__(self, says: str | Exception = "Seen 看見。") -> None:
        self.says = says

    def wanted(self, document: object, page: ReadPage) -> bool:
        return not page.fragments

    def read(self, document: object, page: ReadPage) -> ReadPage:
        if isinstance(self.says, Exception):
            raise self.says
        xs = [50.0 + 10 * i for i in range(len(self.says) + 1)]
        seen = Fragment(self.says, xs, 300.0, 312.0, 11.0, (b"", b""))
        return ReadPage(page.number, 842.0, 595.0, [seen], turn=1, confidence=0.9)


SCANNED = "Text.\n#pagebreak()\n#rect(width: 5cm)\n#pagebreak()\n#rect(width: 5cm)"


def read(path: Path, eyes: Eyes, **more: object) -> tuple[Paged, Parent]:
    parent = Parent()
    return Paged(parent, eyes, **{"ocr": True, **more}), parent  # type: ignore[arg-type]


def test_only_pages_without_usable_text_are_recognised_and_say_so(tmp_path: Path) -> None:
    path = pdf(tmp_path, SCANNED)
    reader, parent = read(path, Eyes())
    document = reader.parse(path, "stem", "application/pdf")
    check(document)
    assert parent.tried == [2, 3]
    assert texts(document) == ["Text.", "Seen 看見。", "Seen 看見。"]
    assert [(p.confidence, p.turn, p.unread, round(p.width)) for p in document.pages] == [
        (None, 0, False, 595), (0.9, 1, False, 842), (0.9, 1, False, 842),
    ]  # fmt: skip


def test_beside_its_models_the_reader_holds_no_pages_that_its_parent_keeps(tmp_path: Path) -> None:
    class Keeping(Parent):
        keeps = True
        bodies: ClassVar[list[bytes]] = []

        def page(self, number: int, count: int, body: bytes) -> None:
            self.bodies.append(body)

        def kept(self, until: int):  # type: ignore[no-untyped-def]
            assert until == 3, "all of them, those before the first recognised one too"
            return iter(self.bodies[:until])

    document = Paged(Keeping(), Eyes(), True).parse(pdf(tmp_path, SCANNED), "stem", "t")
    check(document)
    assert texts(document) == ["Text.", "Seen 看見。", "Seen 看見。"]


@pytest.mark.parametrize(
    ("eyes", "more", "tried"),
    [
        (Eyes(), {"ocr": False}, []),
        (Eyes(), {"skipped": frozenset({2, 3})}, []),
        (Eyes(ValueError("odd")), {}, [2, 3]),
        (Eyes(MemoryError()), {}, [2, 3]),
        (Eyes(Unavailable("its models are not here")), {}, [2]),
    ],
)
def test_a_page_that_is_not_recognised_is_kept_and_told_as_unread(
    tmp_path: Path, eyes: Eyes, more: dict[str, object], tried: list[int]
) -> None:
    path = pdf(tmp_path, SCANNED)
    reader, parent = read(path, eyes, **more)
    document = reader.parse(path, "stem", "application/pdf")
    check(document)
    assert parent.tried == tried
    assert [page.unread for page in document.pages] == [False, True, True]
    assert [page.text for page in document.pages] == ["Text.", "", ""]


@pytest.mark.parametrize(
    ("eyes", "ocr", "reason"),
    [
        (Eyes(), False, r"a scan without a text layer, and OCR is off \(LIONROCK_OCR\)"),
        (Eyes(ValueError()), True, "and none of its pages could be recognised"),
        (Eyes(Unavailable("its models are not here")), True, "and its models are not here"),
    ],
)
def test_only_a_document_with_no_page_read_is_refused(
    tmp_path: Path, eyes: Eyes, ocr: bool, reason: str
) -> None:
    path = pdf(tmp_path, "#rect(width: 5cm)")
    with pytest.raises(UnreadableDocument, match=reason):
        read(path, eyes, ocr=ocr)[0].parse(path, "stem", "application/pdf")


def test_a_pdf_of_too_many_pages_is_refused_before_any_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.documents.parsing.pdf.MOST_PAGES", 2)
    path = pdf(tmp_path, SOURCE)
    with pytest.raises(UnreadableDocument, match="it has 3 pages; at most 2 are read"):
        read(path, Eyes())[0].parse(path, "stem", "application/pdf")


async def test_a_text_pdf_loads_no_model(tmp_path: Path) -> None:
    path = pdf(tmp_path, SOURCE)
    script = (
        "import sys\nfrom pathlib import Path\nfrom lionrock.documents.parsing import paged\n"
        "class P:\n have = 0\n def page(self, *a): pass\n"
        f"paged.Paged(P(), paged.eyes(), True).parse(Path({str(path)!r}), 's', 't')\n"
        "print(sorted({'numpy', 'onnxruntime', 'cv2'} & set(sys.modules)))"
    )
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await run.communicate()
    assert told.decode().strip() == "[]"
