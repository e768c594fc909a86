"""The pipe: what goes in comes out, and what is not consistent is refused."""

from __future__ import annotations

import json

import pytest

from lionrock.documents.parsed import Block, ParsedDocument, ParsedPage, Run, Slice
from lionrock.documents.parsing.wire import decoded, encoded


def document(copy: bytes | None = b"%PDF") -> ParsedDocument:
    return ParsedDocument(
        "標題",
        "text/plain",
        (
            ParsedPage(1, 595.0, 842.0, "客戶 one", (Run(0, 2, 0.0, 1.0, (0.0, 0.2, 1.0)),)),
            ParsedPage(2, 595.0, 842.0, "", ()),
        ),
        (Block("item", 1, "(a)", (Slice(1, 0, 6),)),),
        copy,
    )


@pytest.mark.parametrize("copy", [b"%PDF", None])
def test_a_document_comes_back_whole(copy: bytes | None) -> None:
    back = decoded(*encoded(document(copy)))
    assert back.blocks == document().blocks
    assert (back.title, back.media_type, back.reading_copy) == ("標題", "text/plain", copy)
    assert [(p.number, p.text, p.width) for p in back.pages] == [
        (1, "客戶 one", 595.0),
        (2, "", 595.0),
    ]
    assert back.pages[0].runs[0].xs == pytest.approx((0.0, 0.2, 1.0), abs=1e-4)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("blocks", 0, 3), []),
        (("blocks", 0, 3, 0), [1, 0, 99]),
        (("blocks", 0, 3, 0), [3, 0, 1]),
        (("blocks", 0, 3, 0), [1, 4, 2]),
        (("blocks", 0, 0), "script"),
        (("pages", 0, 0), 2),
        (("pages", 0, 3), ""),
        (("pages", 0, 4), 7),
        (("title",), None),
        (("pages",), 5),
    ],
)
def test_an_inconsistent_document_is_refused(path: tuple[str | int, ...], value: object) -> None:
    header, tail = encoded(document())
    fields = json.loads(header)
    place = fields
    for step in path[:-1]:
        place = place[step]
    if path == ("title",):
        del place["title"]
    else:
        place[path[-1]] = value
    with pytest.raises(ValueError):
        decoded(json.dumps(fields).encode(), tail)


def test_a_torn_tail_is_refused() -> None:
    header, tail = encoded(document(None))
    with pytest.raises(ValueError):
        decoded(header, tail[:-3])
    with pytest.raises(ValueError):
        decoded(header[:-3], tail)
