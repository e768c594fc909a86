"""Pages a second and peak memory of each process for documents of 1,000 pages, beside the bare parser.

A server of its own takes the file in, reads it in its confined child, keeps pages as they are read, and
commits the whole; vectors are left out (`make bench-speed` has those). The bare parser reads the same
file in the same run: pypdfium2, text only, and text with a box for each character.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pypdfium2
import typst

from common import ROOT, data, figure
from lionrock.app import open_house
from lionrock.documents.parsing.typeset import fonts
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.settings import Settings

PAGES = 1000
MOST_MB = 500
WORDS = (
    "An authorized institution should identify and verify each customer, and keep the records of it "
    "for five years. 認可機構須識別及核實客戶身分，並備存有關紀錄五年。"
)
BARE = """
import sys, time, resource
import pypdfium2 as pdfium
started = time.process_time()
document = pdfium.PdfDocument(sys.argv[1])
for page in document:
    text = page.get_textpage()
    text.get_text_range()
    for i in range(text.count_chars()) if sys.argv[2] == "boxes" else ():
        text.get_charbox(i)
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def bare(path: Path, what: str) -> tuple[float, float]:
    """CPU seconds and peak MB of pypdfium2 alone: the text, or the text and each character's box."""
    out = subprocess.run(
        [sys.executable, "-c", BARE, str(path), what], capture_output=True, text=True, check=True
    )
    seconds, kilobytes = map(float, out.stdout.split())
    return seconds, kilobytes / 1000


def dense(path: Path) -> None:
    """A thousand full pages, typeset here: small type, a heading and numbered paragraphs a page."""
    source = f"""
#set page(paper: "a4", margin: 18mm)
#set text(font: "Noto Sans CJK HK", size: 8pt)
#for n in range(1, {PAGES + 1}) [
  = Chapter #n
  #for k in range(1, 15) [#n.#k #("{WORDS} " * 2) Item #(n * k). #parbreak()]
  #pagebreak(weak: true)
]"""
    path.write_bytes(bytes(typst.compile(source.encode(), font_paths=fonts())))


def repeated(path: Path) -> None:
    """The largest of the published modules, as often as makes a thousand pages."""
    found = sorted(data("hkma_spm").glob("*.pdf"), key=lambda path: path.stat().st_size)
    counts = {path: len(pypdfium2.PdfDocument(path)) for path in found}
    largest = max(found, key=lambda path: counts[path])
    source, target = pypdfium2.PdfDocument(largest), pypdfium2.PdfDocument.new()
    while len(target) < PAGES:
        target.import_pages(source)
    target.save(path)


MAKING = {"dense": dense, "module": repeated}
ROWS = (("dense", "dense", False), ("module", "module", False), ("module_with_ocr", "module", True))
"""Name, what is made, whether pages without usable text are recognised: one in 180 of the module's."""


def peak_mb(process: str) -> float:
    """The most memory it had resident, since its program began (getrusage also counts its parent's)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1000  # type: ignore[index]


def processor() -> float:
    """Seconds of processor time of this process and its children that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))


async def watch_children(peaks: dict[str, float]) -> None:
    """Note the peak of each parsing child, ten times a second."""
    while True:
        for task in Path("/proc/self/task").iterdir():
            for child in (task / "children").read_text().split():
                with suppress(OSError, TypeError):
                    if b"parsing.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                        peaks[child] = peak_mb(child)
        await asyncio.sleep(0.1)


class NoVectors:
    async def index(self, actor: Actor, version_id: UUID) -> None: ...
    async def embed(self, actor: Actor, version_id: UUID, progress: object) -> None: ...


async def measured(path: Path, *, ocr: bool) -> dict[str, float]:
    """In a process of its own: seconds from taking in to the last commit, and memory."""

    async def chunks():  # type: ignore[no-untyped-def]
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                yield chunk

    with tempfile.TemporaryDirectory(dir="/tmp", prefix="lionrock-bench-") as folder:
        Path(folder).chmod(0o755)
        settings = Settings(home=Path(folder) / "home", model="none", ocr=ocr)
        async with open_house(settings) as house:
            house.ingest._indexer = NoVectors()
            roles = frozenset({Role.ADMINISTRATOR})
            actor = Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "general")
            before, peaks = peak_mb("self"), dict[str, float]()
            watching = asyncio.create_task(watch_children(peaks))
            started, used = time.monotonic(), processor()
            added = await house.documents.add(actor, path.name, chunks())
            house.ingest.wake()
            while True:
                document = await house.documents.get(actor, added.document_id)
                if document.state in ("ready", "failed"):
                    break
                await asyncio.sleep(0.2)
            seconds, used = time.monotonic() - started, processor() - used
            watching.cancel()
            if document.state == "failed":
                raise SystemExit(document.error)
            return {
                "pages": document.pages,
                "seconds": seconds,
                "cpu_seconds": used,
                "idle_mb": before,
                "server_mb": peak_mb("self"),
                "child_mb": max(peaks.values()),
            }


def ingest(path: Path, *, ocr: bool) -> dict[str, float]:
    out = subprocess.run(
        [sys.executable, __file__, "--measure", str(path), *(["ocr"] if ocr else [])],
        stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    told: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
    return told


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        figures: dict[str, float] = {}
        print(f"{'document':24} {'pages':>6} {'pages/s':>8} {'a CPU s':>8} {'bare text':>10} {'boxes':>6} "
              f"{'server MB':>10} {'idle':>5} {'child MB':>9}")  # fmt: skip
        for name, making, ocr in ROWS:
            path = Path(folder) / f"{name}.pdf"
            subprocess.run([sys.executable, __file__, "--make", making, str(path)], check=True)
            if not path.exists():
                continue  # the data is not here, as it said
            text, boxes = bare(path, "text")[0], bare(path, "boxes")[0]
            told = ingest(path, ocr=ocr)
            pages = told["pages"]
            print(f"{path.stem:24} {pages:6.0f} {pages / told['seconds']:8.1f} "
                f"{pages / told['cpu_seconds']:8.1f} {pages / text:10.1f} "
                  f"{pages / boxes:6.1f} {told['server_mb']:10.0f} {told['idle_mb']:5.0f} "
                  f"{told['child_mb']:9.0f}", flush=True)  # fmt: skip
            figures[f"ingest_{name}_pages_per_s"] = pages / told["seconds"]
            figures[f"ingest_{name}_pages_per_cpu_s"] = pages / told["cpu_seconds"]
            figures[f"ingest_{name}_ratio_to_bare_text"] = told["cpu_seconds"] / text
            figures[f"ingest_{name}_ratio_to_bare_boxes"] = told["cpu_seconds"] / boxes
            figures[f"ingest_{name}_server_mb"] = told["server_mb"]
            figures[f"ingest_{name}_child_mb"] = told["child_mb"]
        peak = max(value for key, value in figures.items() if key.endswith("_mb"))
        print(f"Largest process: {peak:.0f} MB, {'under' if peak < MOST_MB else 'OVER'} {MOST_MB}.")
        for key, value in figures.items():
            figure(key, value)
        figure("ingest_peak_mb", peak)
        figure(
            "ingest_pages_per_s",
            figures.get("ingest_module_pages_per_s", figures["ingest_dense_pages_per_s"]),
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(asyncio.run(measured(Path(sys.argv[2]), ocr=sys.argv[3:] == ["ocr"]))))
    elif sys.argv[1:2] == ["--make"]:
        MAKING[sys.argv[2]](Path(sys.argv[3]))
    else:
        main()
