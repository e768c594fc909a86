"""What an analyst of the tests puts in: a regulation in two versions, a ZIP, a scan, files that fail."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from tests.documents.ocr.making import sheet

SAMPLES = Path(__file__).parents[2] / "samples"

OLD_RULES = """# Guideline on outsourcing

## 1 Risk assessment

1.1 An institution assesses each outsourcing before it begins, and every three years after that.

1.2 The assessment is approved by the board.

## 2 Notice

2.1 An institution gives notice of a material outsourcing 90 days before it begins.

2.2 Notice is given on paper, in two copies.

2.3 A customer's data are kept apart from those of other institutions.

## 3 Records

3.1 Records of an outsourcing are kept for five years after it ends.
"""
NEW_RULES = (
    OLD_RULES.replace("every three years", "every year")
    .replace("90 days before", "30 days before")
    .replace("2.2 Notice is given on paper, in two copies.\n\n", "")
    .replace("five years", "seven years")
    + "\n3.2 The records show where each customer's data are held.\n"
)
CHANGES = 5
"""Paragraphs that differ: three are changed, one is removed, one is added."""

_LINES = "\n\n".join(f"1.{i} A rule of the house." for i in range(1, 24))
LONG_RULES = f"# Rules\n\n{_LINES}\n\n1.24 See 1.3 first.\n"
"""Whose only reference stands at the foot of the page."""

COUNTER = "# 分行服務守則\n\n客戶盡職審查須於開戶前完成。\n\n貴賓客戶的現金提款上限為每日港幣八十萬元。\n".encode()
GLOSSARY = (
    "en,zh-Hant,note,source\n"
    "customer due diligence|CDD,客戶盡職審查,before an account opens,house list\n"
    "beneficial owner,實益擁有人,,house list\n"
    "lonely term,,,\n"
).encode()


def folder() -> bytes:
    """A ZIP with two texts to be read and a file that is empty."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("branches/opening-hours.txt", "The branch opens at 9:15.\n")
        archive.writestr("守則/分行守則.md", COUNTER)
        archive.writestr("branches/empty.txt", b"")
    return made.getvalue()


def scan() -> bytes:
    """A picture of a letter."""
    made = BytesIO()
    lines = (
        "Harbour Crest Bank", "Notice to branches", "",
        "Safe deposit boxes are opened in the presence", "of two officers, on weekdays only.",
    )  # fmt: skip
    sheet(lines, width=1100).save(made, "PNG")
    return made.getvalue()


def sample(name: str) -> tuple[str, bytes]:
    return name, (SAMPLES / name).read_bytes()
