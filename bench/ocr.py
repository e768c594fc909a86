"""How well pages are read from their pictures, beside rapidocr with its defaults in the same run.

Each engine is a process of its own. Truth: the text layer of born-digital Traditional Chinese pages
(bank and insurance documents), rendered at 150 dpi; published Cantonese sentences, drawn; formal
sentences, drawn; receipts with their fields. Documents and sentences are split by hash: `--half 0`
is the half looked at while building, `--half 1`, the default, the other.

White space is left out, and full and half width are one (NFKC). A picture's line counts for the
printed row that is nearest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from common import data, figure
from lionrock.documents.ocr.page import rendered
from lionrock.documents.parsing.fragments import Fragment
from lionrock.documents.parsing.pdf import opened, opened_page, page_fragments
from lionrock.documents.parsing.pdf_fonts import Fonts
from ocr_engine import DPI, Piece

ONLY = set("嘅咗喺啲哋嚟冇唔嗰咁乜嘢佢噉喎啩㗎咩揾攞瞓睇啱嘥諗嘞啫攰孭嗱餸")
FONTS = (
    ("opentype/noto/NotoSerifCJK-Regular.ttc", 4), ("truetype/arphic/uming.ttc", 0),
    ("truetype/arphic/ukai.ttc", 0), ("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0),
    ("truetype/droid/DroidSansFallbackFull.ttf", 0), ("truetype/wqy/wqy-microhei.ttc", 0),
)  # fmt: skip


def half(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % 2


def fold(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


PEER_PYTHON = "LIONROCK_OCR_PEER_PYTHON"
"""Names the interpreter that has rapidocr with all that it needs; the product takes its weights alone."""


class Engine:
    def __init__(self, name: str, python: str = sys.executable) -> None:
        self.name = name
        self.child = subprocess.Popen(
            [python, str(Path(__file__).with_name("ocr_engine.py")), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.seconds: list[float] = []
        self.rss = 0.0

    def read(self, picture: Any) -> tuple[list[Piece], dict[str, Any]]:
        path = Path(f"/tmp/lionrock-bench-ocr-{id(self)}.bmp")
        Image.fromarray(picture).save(path)
        assert self.child.stdin and self.child.stdout
        print(path, file=self.child.stdin, flush=True)
        pieces, more = json.loads(self.child.stdout.readline())
        path.unlink()
        self.seconds.append(more["cpu"])
        self.rss = more["rss"]
        return [tuple(piece) for piece in pieces], more


# --- truth ---


def rows_of(fragments: Sequence[Fragment]) -> list[tuple[float, str]]:
    """The printed rows: their middles in pixels, their text from left to right."""
    rows: list[list[Fragment]] = []
    for one in sorted((f for f in fragments if not f.turn), key=lambda f: f.middle):
        near = next((r for r in rows[-3:] if abs(r[0].middle - one.middle) < 0.5 * one.size), None)
        rows.append([one]) if near is None else near.append(one)
    scale = DPI / 72
    return [
        (row[0].middle * scale, "".join(f.text for f in sorted(row, key=lambda f: f.x0)))
        for row in rows
    ]


def errors(truth: Sequence[tuple[float, str]], pieces: Sequence[Piece]) -> tuple[int, int]:
    """Characters wrong, missing or too many; and characters in all."""
    got: list[list[Piece]] = [[] for _ in truth]
    for piece in pieces:
        got[min(range(len(truth)), key=lambda i: abs(truth[i][0] - piece[1]))].append(piece)
    wrong = total = 0
    for (_, text), found in zip(truth, got, strict=True):
        wanted = fold(text)
        wrong += Levenshtein.distance(wanted, fold("".join(p[2] for p in sorted(found))))
        total += len(wanted)
    return wrong, total


def born_digital(part: int) -> Iterator[tuple[str, Any, list[tuple[float, str]]]]:
    for path in sorted((data("esun") / "pdfs").glob("*.pdf")):
        if half(path.name) != part:
            continue
        with opened(path) as document:
            found, _ = page_fragments(document, 0, Fonts())
            with opened_page(document, 0) as page:
                yield path.name, rendered(page, DPI), rows_of(found)


def drawn(text: str, kind: int) -> tuple[Any, str]:
    """A page of the text in one of the fonts there are, at a size and with noise by turns."""
    places = [(Path("/usr/share/fonts") / name, index) for name, index in FONTS]
    package = find_spec("noto_cjk_sans_otc")
    assert package is not None and package.origin is not None
    own = Path(package.origin).parent / "NotoSansCJK-Regular.ttc"
    fonts = [(own, 4), *((p, i) for p, i in places if p.exists())]
    path, index = fonts[kind % len(fonts)]
    size, noise, angle = (
        (21, 25, 23, 28)[kind % 4],
        (0, 10, 5, 15, 0)[kind % 5],
        (0, 0.5, -0.4)[kind % 3],
    )
    font = ImageFont.truetype(str(path), size, index=index)
    each = 1000 // size
    lines = [text[i : i + each] for i in range(0, len(text), each)]
    picture = Image.new("RGB", (1240, 240 + int(1.7 * size * len(lines))), "white")
    draw = ImageDraw.Draw(picture)
    for i, line in enumerate(lines):
        draw.text((120, 120 + int(1.7 * size * i)), line, fill=(25, 25, 25), font=font)
    picture = picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")
    grain = np.random.default_rng(kind).normal(0, noise, (picture.height, picture.width, 3))
    return np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8), path.stem


def sentences(part: int, path: Path, wanted: Callable[[str], bool]) -> list[str]:
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    return [s for s in lines if len(s) > 8 and half(s) == part and wanted(s)]


def in_order(pieces: Sequence[Piece], height: float) -> str:
    """The lines of a drawn page from the top, each from the left."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p[1]):
        if rows and abs(rows[-1][0][1] - piece[1]) < height:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return fold("".join(p[2] for row in rows for p in sorted(row)))


def aligned(wanted: str, got: str) -> list[str]:
    """What stands in `got` for each character of `wanted`, or nothing."""
    found = [""] * len(wanted)
    for step in Levenshtein.opcodes(wanted, got):
        if step.tag in ("equal", "replace"):
            for i in range(step.src_end - step.src_start):
                found[step.src_start + i] = got[step.dest_start + i]
    return found


# --- the parts of the run ---


def cer(engines: Sequence[Engine], part: int) -> dict[str, float]:
    print("Born-digital pages, 150 dpi: characters wrong of all")
    totals = {engine.name: [0, 0] for engine in engines}
    worst: list[tuple[float, str]] = []
    for name, picture, truth in born_digital(part):
        for engine in engines:
            wrong, total = errors(truth, engine.read(picture)[0])
            totals[engine.name][0] += wrong
            totals[engine.name][1] += total
            if engine is engines[0]:
                worst.append((wrong / max(total, 1), name))
    for name, (wrong, total) in totals.items():
        print(f"  {name:10s} {wrong:5d} of {total:6d}  {wrong / total:.4f}")
    median = sorted(worst)[len(worst) // 2][0]
    print(
        f"  median page {median:.4f}, worst {max(worst)[1]} {max(worst)[0]:.3f} ({len(worst)} pages)"
    )
    return {name: wrong / total for name, (wrong, total) in totals.items()}


def cantonese(engines: Sequence[Engine], part: int, pages: int) -> dict[str, float]:
    print(
        "Cantonese, drawn: characters used only in Cantonese that are right; all characters wrong"
    )
    chosen = sentences(
        part, data("ntrex") / "newstest2019-ref.yue.first1000.txt", lambda s: bool(ONLY & set(s))
    ) + sentences(
        part, data("cantonese") / "cantonmt-yue.first1500.txt", lambda s: bool(ONLY & set(s))
    )
    random.Random(5).shuffle(chosen)
    right = {engine.name: [0, 0, 0, 0] for engine in engines}
    at = 0
    for kind in range(pages):
        text = ""
        while len(text) < 400:
            text += fold(chosen[at])
            at += 1
        picture, font = drawn(text, kind)
        for engine in engines:
            got = in_order(engine.read(picture)[0], 14)
            pairs = [(a, b) for a, b in zip(text, aligned(text, got), strict=True) if a in ONLY]
            tally = [
                sum(a == b for a, b in pairs),
                len(pairs),
                Levenshtein.distance(text, got),
                len(text),
            ]
            right[engine.name] = [a + b for a, b in zip(right[engine.name], tally, strict=True)]
            if engine is engines[0]:
                print(f"  {font:28s} {tally[0]}/{tally[1]}  {tally[2] / tally[3]:.4f}")
    for name, (good, total, wrong, every) in right.items():
        print(f"  {name:10s} {good / total:.3f} of {total}; error {wrong / every:.4f}")
    return {name: good / total for name, (good, total, _, _) in right.items()}


def formal(engine: Engine, part: int, pages: int) -> float:
    """Characters of formal text that were right and are not, in ten thousand."""
    print("Formal Traditional Chinese, drawn: false corrections")
    every = sentences(
        part, data("ntrex") / "newstest2019-ref.zho-TW.first1000.txt", lambda s: not ONLY & set(s)
    )
    random.Random(6).shuffle(every)
    wrong = total = at = 0
    for kind in range(pages):
        text = ""
        while len(text) < 500:
            text += fold(every[at])
            at += 1
        picture, _ = drawn(text, kind)
        got = in_order(engine.read(picture)[0], 14)
        found = aligned(text, got)
        wrong += sum(b in ONLY and a != b for a, b in zip(text, found, strict=True))
        total += len(text)
    print(f"  {wrong} of {total} characters became Cantonese")
    return wrong


def scans(engine: Engine) -> None:
    print("Scans: turned as wanted, mean confidence")
    folder = data("ocr")
    for path in sorted(folder.glob("*.pdf")):
        with opened(path) as document, opened_page(document, 0) as page:
            pieces, more = engine.read(rendered(page, DPI))
        print(
            f"  {path.name:40s} turn {more['turn']}  {more['sure']:.3f}  {sum(len(p[2]) for p in pieces)} characters"
        )
    vertical = np.array(Image.open(folder / "rapidocr_text_vertical_words.png").convert("RGB"))
    print(f"  vertical: {' / '.join(p[2] for p in engine.read(vertical)[0])}")
    for path in sorted((data("esun") / "scanned").glob("*.pdf"))[:4]:
        with opened(path) as document, opened_page(document, 0) as page:
            pieces, more = engine.read(rendered(page, DPI))
        print(
            f"  {path.name:40s} turn {more['turn']}  {more['sure']:.3f}  {sum(len(p[2]) for p in pieces)} characters"
        )


def receipts(engines: Sequence[Engine], part: int) -> None:
    print("Receipts (SROIE): fields of company, date, address, total found as printed")
    found = {engine.name: [0, 0] for engine in engines}
    for path in sorted((data("ocr") / "sroie40").glob("*.json")):
        if half(path.stem) != part or int(path.stem) % 3:
            continue
        fields = [
            fold(str(v)).casefold() for v in json.loads(path.read_text("utf-8")).values() if v
        ]
        picture = Image.open(path.with_suffix(".jpg")).convert("RGB")
        picture.thumbnail((1240, 2600))
        for engine in engines:
            got = fold(
                "".join(
                    p[2]
                    for p in sorted(
                        engine.read(np.array(picture))[0], key=lambda p: (p[1] // 12, p[0])
                    )
                )
            )
            found[engine.name][0] += sum(field in got.casefold() for field in fields)
            found[engine.name][1] += len(fields)
    for name, (good, total) in found.items():
        print(f"  {name:10s} {good} of {total}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", type=int, default=1, choices=[0, 1])
    arguments.add_argument("--pages", type=int, default=7, help="drawn pages of each kind")
    arguments.add_argument("--only", default="cer cantonese formal scans receipts")
    arguments.add_argument("--no-peer", action="store_true")
    chosen = arguments.parse_args()
    data("esun")
    engines, peer = [Engine("ours")], os.environ.get(PEER_PYTHON)
    if peer and not chosen.no_peer:
        engines.append(Engine("rapidocr", peer))
    else:
        print(f"rapidocr was not measured: {PEER_PYTHON} names no interpreter that has it.")
    wanted = chosen.only.split()
    figures: list[tuple[str, float]] = []
    if "cer" in wanted:
        wrong = cer(engines, chosen.half)
        own = engines[0].seconds
        figures += [("ocr_cer", wrong["ours"]), ("ocr_s_per_page", sum(own) / len(own))]
        for engine in engines:
            seconds = sum(engine.seconds) / len(engine.seconds)
            print(f"  {engine.name:10s} {seconds:.2f} processor seconds a page")
    if "cantonese" in wanted:
        figures.append(
            ("ocr_cantonese_right", cantonese(engines, chosen.half, chosen.pages)["ours"])
        )
    if "formal" in wanted:
        figures.append(("ocr_false_corrections", formal(engines[0], chosen.half, chosen.pages)))
    if "scans" in wanted:
        scans(engines[0])
    if "receipts" in wanted:
        receipts(engines, chosen.half)
    for engine in engines:
        print(f"{engine.name}: {engine.rss:.0f} MB at most")
        engine.child.kill()
        engine.child.wait()
    for name, value in [*figures, ("ocr_rss_mb", engines[0].rss)]:
        figure(name, value)


if __name__ == "__main__":
    main()
