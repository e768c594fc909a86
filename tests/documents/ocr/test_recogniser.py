"""What is printed on a page is read, stands where it is, and is told when in doubt."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from PIL import ImageDraw

from lionrock.documents.ocr import Recogniser
from lionrock.documents.parsing.fragments import Fragment
from tests.documents.ocr.making import font, pixels, sheet

FORMAL = [
    "客戶盡職審查須於建立業務關係時進行。",
    "本行保留十年內之交易紀錄。",
    "Amount due: HK$12,345.60",
]


def lines(fragments: list[Fragment]) -> list[str]:
    return [fragment.text.replace(" ", "") for fragment in fragments]


def test_traditional_chinese_and_english_lines_are_read(recogniser: Recogniser) -> None:
    read = recogniser.page(pixels(sheet(FORMAL)), 150)
    assert lines(read.fragments) == [line.replace(" ", "") for line in FORMAL]
    assert (read.turn, read.language) == (0, "zh-Hant")
    assert read.confidence > 0.95
    assert (read.width, read.height) == (480.0, 0.48 * sheet(FORMAL).height)


def test_the_edges_of_a_word_are_where_it_is_printed(recogniser: Recogniser) -> None:
    text = "客戶盡職審查須於建立業務關係時進行"
    fragment = recogniser.page(pixels(sheet([text])), 150).fragments[0]
    start = fragment.text.index("業務關係")
    for i in (start, start + 4):
        printed = (80 + font(26).getlength(text[:i])) * 0.48
        assert abs(fragment.xs[i] - printed) < 0.3 * 26 * 0.48
    assert fragment.y0 < (80 + 16) * 0.48 < fragment.y1


def test_a_page_on_its_side_or_upside_down_is_turned_upright(recogniser: Recogniser) -> None:
    upright = pixels(sheet(FORMAL * 3))
    for turned in (1, 2, 3):
        # Turned against the clock as often as it has then to be turned with it.
        read = recogniser.page(np.ascontiguousarray(np.rot90(upright, turned)), 150)
        assert read.turn == turned
        assert "客戶盡職審查須於建立業務關係時進行。" in lines(read.fragments)
        assert read.width == upright.shape[1] * 0.48


def test_vertical_writing_is_read_from_the_right_with_a_box_for_each_character(
    recogniser: Recogniser,
) -> None:
    columns = ["客戶盡職審查須於建立", "本行保留十年內之交易", "業務關係存續期間監察"]
    picture = sheet([], width=400, top=300)
    draw = ImageDraw.Draw(picture)
    for k, column in enumerate(columns):
        for i, letter in enumerate(column):
            draw.text((300 - 70 * k, 80 + 36 * i), letter, fill="black", font=font(30))
    read = recogniser.page(pixels(picture), 150)
    assert read.turn == 0
    assert sorted(lines(read.fragments)) == sorted(columns)
    first = next(f for f in read.fragments if f.text == columns[0])
    assert first.turn == 3
    assert first.glyphs is not None
    x0, y0, x1, y1 = first.glyphs[5]
    assert x0 < (300 + 15) * 0.48 < x1
    assert y0 < (80 + 36 * 5 + 20) * 0.48 < y1


def test_two_columns_are_read_one_after_the_other(recogniser: Recogniser) -> None:
    left = [f"左欄第{n}行說明客戶盡職審查的要求" for n in "一二三四五六七"]
    right = [f"右欄第{n}行說明持續監察交易的要求" for n in "一二三四五六七"]
    picture = sheet(left, size=24, width=1100)
    draw = ImageDraw.Draw(picture)
    for i, line in enumerate(right):
        draw.text((600, 80 + 48 * i), line, fill="black", font=font(24))
    read = lines(recogniser.page(pixels(picture), 150).fragments)
    assert read == left + right


def test_black_text_under_a_red_seal_is_read(recogniser: Recogniser) -> None:
    picture = sheet(FORMAL)
    stamp = picture.copy()
    draw = ImageDraw.Draw(stamp)
    for inset in range(0, 90, 14):
        draw.ellipse((150 + inset, 40 + inset, 380 - inset, 270 - inset), outline=(220, 30, 30), width=6)  # fmt: skip
    black = np.asarray(picture.convert("L")) < 128
    inked = pixels(stamp)
    inked[black] = 20
    read = "".join(lines(recogniser.page(inked, 150).fragments))
    assert "客戶盡職審查須於建立業務關係時進行" in read
    assert "本行保留十年內之交易紀錄" in read


def test_what_is_not_sure_is_listed_with_its_place(recogniser: Recogniser) -> None:
    small = sheet(["客戶盡職審查須於建立業務關係時進行"], size=9, width=400, left=30, top=30)
    read = recogniser.page(pixels(small.resize((1000, 195))), 150)
    assert 0.5 <= read.confidence < 0.99
    assert read.doubtful
    for doubt in read.doubtful:
        assert 0 <= doubt.start < doubt.end <= len(read.fragments[doubt.fragment].text)
        assert doubt.confidence < 0.7 or doubt.read


def test_what_is_recognised_is_plain_data(recogniser: Recogniser) -> None:
    fragment = recogniser.page(pixels(sheet(FORMAL[:1])), 150).fragments[0]
    numbers = [*fragment.xs, fragment.y0, fragment.y1, fragment.size]
    assert {type(number) for number in numbers} == {float}


def test_an_empty_page_has_no_text(recogniser: Recogniser) -> None:
    read = recogniser.page(np.full((600, 400, 3), 255, np.uint8), 150)
    assert (read.fragments, read.confidence, read.doubtful) == ([], 0.0, [])


def test_nothing_numeric_is_loaded_before_a_page_needs_it() -> None:
    code = (
        "import sys, lionrock.documents.ocr;"
        "print([m for m in ('numpy', 'cv2', 'onnxruntime', 'rapidocr') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_reads_with_sockets_forbidden_and_without_the_wheels_downloader() -> None:
    code = """
import socket, sys
def refuse(*_, **__): raise AssertionError("a socket")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from lionrock.documents.ocr import Recogniser
from tests.documents.ocr.making import pixels, sheet
print(Recogniser().page(pixels(sheet(["客戶盡職審查"])), 150).fragments[0].text)
assert not [m for m in sys.modules if m.startswith(("rapidocr", "requests"))]
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "客戶盡職審查", done.stderr


def test_the_dash_of_an_empty_cell_is_read(recogniser: Recogniser) -> None:
    picture = sheet(["本期淨利", "本期其他綜合損益", "本期綜合損益總額", "提列法定盈餘公積"])
    draw = ImageDraw.Draw(picture)
    for i, cell in enumerate(["5,977,551", "-", "5,977,359", "-"]):
        draw.text((700, 80 + 52 * i), cell, fill="black", font=font(26))
    read = recogniser.page(pixels(picture), 150)
    assert lines(read.fragments)[1::2] == ["5,977,551", "-", "5,977,359", "-"]
