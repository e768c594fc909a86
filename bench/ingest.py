"""Pages a second and peak memory of reading a 180-page PDF, beside the bare parser in the same run."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path

from common import data, figure, median
from lionrock.documents.parsing import sandbox
from lionrock.documents.passages import passages

ROUNDS = 5
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


def children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    path = data("hkma_spm") / "CA-G-5.pdf"
    text, boxes, whole, wall = [], [], [], []
    for _ in range(ROUNDS):
        text.append(bare(path, "text")[0])
        boxes.append(bare(path, "boxes")[0])
        before, started = children(), time.monotonic()
        parsed = asyncio.run(sandbox.parse(path, path.name, seconds=300, memory_bytes=2**31))
        whole.append(children() - before)
        wall.append(time.monotonic() - started)
    pages = len(parsed.pages)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(
        f"{path.name}: {pages} pages, {len(parsed.blocks)} blocks, {len(passages(parsed))} passages"
    )
    print(
        f"CPU seconds, median of {ROUNDS}: bare text {median(text):.2f}, bare text and boxes "
        f"{median(boxes):.2f}, Lionrock (child process, pages, boxes, structure) {median(whole):.2f}"
    )
    figure("ingest_parse_pages_per_s", pages / median(wall))
    figure("ingest_parse_pages_per_cpu_s", pages / median(whole))
    figure("ingest_parse_ratio_to_bare_text", median(whole) / median(text))
    figure("ingest_parse_ratio_to_bare_boxes", median(whole) / median(boxes))
    figure("ingest_parse_peak_mb", peak)


if __name__ == "__main__":
    main()
