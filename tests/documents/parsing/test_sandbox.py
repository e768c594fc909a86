"""Whatever happens to the child, the caller gets a document or a refusal that names the file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing import sandbox
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.making import check, pdf, texts

MEMORY = 2**30


def wait_until(condition: Callable[[], object]) -> None:
    while not condition():
        time.sleep(0.01)


async def parse(path: Path, name: str = "", seconds: int = 60) -> ParsedDocument:
    return await sandbox.parse(path, name or path.name, seconds=seconds, memory_bytes=MEMORY)


async def test_a_pdf_is_parsed_and_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    document = await sandbox.parse(
        pdf(tmp_path, "First.\n#pagebreak()\nSecond 第二."),
        "made.pdf",
        seconds=60,
        memory_bytes=MEMORY,
        on_progress=lambda done, total: told.append((done, total)),
    )
    check(document)
    assert texts(document) == ["First.", "Second 第二."]
    assert told == [(1, 2), (2, 2)]
    assert (document.media_type, document.reading_copy) == ("application/pdf", None)


async def test_each_format_is_parsed(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("From Word 文件.")
    made.save(str(tmp_path / "a.docx"))
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["From Excel", 5])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.html").write_text("<html><p>From the web.</p></html>")
    (tmp_path / "a.md").write_text("# From Markdown\n")
    (tmp_path / "a.txt").write_bytes("由文字檔而來嘅。".encode("big5hkscs"))
    shown = {}
    for document in await asyncio.gather(*(parse(p) for p in sorted(tmp_path.iterdir()))):
        check(document)
        assert document.reading_copy is not None
        shown[document.media_type.rpartition(".")[2]] = texts(document)[-1]
    assert shown == {
        "document": "From Word 文件.",
        "sheet": "From Excel  5",
        "text/html": "From the web.",
        "text/markdown": "From Markdown",
        "text/plain": "由文字檔而來嘅。",
    }


async def test_a_refusal_names_the_file_as_the_user_calls_it(tmp_path: Path) -> None:
    path = tmp_path / "3f2a"
    path.write_bytes(b"")
    with pytest.raises(UnreadableDocument, match=r"^年報\.pdf cannot be read: it is empty"):
        await parse(path, "年報.pdf")


CHILDREN = {
    "import time; time.sleep(600)": "it took longer than 1 s",
    "import os; os.kill(os.getpid(), 11)": r"made its reader fail \(SIGSEGV\)",
    "import os; os.abort()": "needs more than 1 GB of memory, or it is damaged",
    "import os; os.kill(os.getpid(), 9)": "needs more than 1 GB of memory, or it is damaged",
    "import os; os.kill(os.getpid(), 24)": "it took longer than 1 s",
    "raise SystemExit(3)": "ended with code 3",
    "print('E \"\"')": "it needs more than 1 GB of memory$",
    "print('P 1 x')": "ended with code 0",
    "print('E not json')": "ended with code 0",
    "print('R 99 99'); print('short')": "ended with code 0",
    "print('R 2 0'); print('{}', end='')": "no consistent answer",
    "print('R 99999999999 0')": "ended with code 0|reader",
    "print('x' * 200000)": "ended with code|reader",
}


@pytest.mark.parametrize("script", CHILDREN)
async def test_a_child_that_misbehaves_ends_as_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", script))
    with pytest.raises(UnreadableDocument, match=CHILDREN[script]):
        await parse(tmp_path / "file.pdf", seconds=1)


async def test_a_cancelled_parse_leaves_no_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "pid"
    script = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", script))
    task = asyncio.create_task(parse(tmp_path / "file.pdf"))
    await asyncio.to_thread(wait_until, lambda: note.is_file() and note.read_text())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


async def test_a_child_whose_parent_is_killed_dies_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)  # the child waits here for ever
    script = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from lionrock.documents.parsing import sandbox\n"
        f"asyncio.run(sandbox.parse(Path({str(pipe)!r}), 'a', seconds=60, memory_bytes=2**30))"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    await asyncio.to_thread(wait_until, children.read_text)
    child = Path(f"/proc/{children.read_text().split()[0]}/stat")
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await asyncio.to_thread(wait_until, lambda: not child.is_file() or " Z " in child.read_text())


async def test_too_little_memory_is_a_refusal_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("\n\n".join(f"Paragraph {n} of a long text." for n in range(40_000)))
    with pytest.raises(UnreadableDocument, match="needs more than 256 MB of memory"):
        await sandbox.parse(path, "large.txt", seconds=60, memory_bytes=2**28)


def samples(folder: Path) -> dict[str, bytes]:
    word, excel = BytesIO(), BytesIO()
    made = docx.Document()
    made.add_heading("Title", 1)
    made.add_paragraph("Text 客戶 " * 20)
    made.save(word)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", 1, 2.5, "客戶"])
    book.save(excel)
    return {
        "a.pdf": pdf(folder, "= Title\nText 客戶 text #footnote[note]").read_bytes(),
        "a.docx": word.getvalue(),
        "a.xlsx": excel.getvalue(),
        "a.html": b"<html><body><h1>Title</h1><table><tr><td>a<td>b</table></body></html>" * 5,
    }


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "a.html"])
async def test_torn_and_flipped_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    data = samples(tmp_path)[name]

    async def attempt(number: int) -> None:
        harmed = bytearray(data)
        if number % 3 == 0:
            del harmed[len(harmed) * (number + 1) // 9 :]
        else:
            for step in range(1, 2 + number):
                harmed[(step * 7919 * (number + 1)) % len(harmed)] ^= 1 << (step % 8)
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(bytes(harmed))
        try:
            check(await parse(path))
        except UnreadableDocument as refusal:
            assert refusal.detail.startswith(f"{path.name} cannot be read: it ")

    await asyncio.gather(*(attempt(number) for number in range(7)))
