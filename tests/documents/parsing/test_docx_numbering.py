"""Word's number formats."""

from __future__ import annotations

import pytest

from lionrock.documents.parsing.docx_numbering import Numbering, formatted


@pytest.mark.parametrize(
    ("count", "form", "text"),
    [
        (4, "decimal", "4"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (14, "lowerRoman", "xiv"),
        (1999, "upperRoman", "MCMXCIX"),
        (10, "chineseCounting", "十"),
        (21, "taiwaneseCountingThousand", "二十一"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "japaneseCounting", "一百一十"),
        (2001, "chineseCountingThousand", "二千零一"),
        (20, "ideographDigital", "二〇"),
        (3, "ideographTraditional", "丙"),
        (12, "decimalEnclosedCircle", "⑫"),
        (5, "decimalZero", "05"),
        (5, "none", ""),
        (0, "decimal", "0"),
        (7, "a format of the future", "7"),
    ],
)
def test_a_count_is_written_in_its_format(count: int, form: str, text: str) -> None:
    assert formatted(count, form) == text


def test_an_instance_that_is_not_there_has_no_label() -> None:
    assert Numbering(None).label("7", 0) == ""
