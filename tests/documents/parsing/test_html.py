"""HTML: what is shown is read, what runs or is hidden is not, nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.documents.parsing.flow import Flow
from lionrock.documents.parsing.html import parse_html
from lionrock.errors import UnreadableDocument

SOURCE = """<!DOCTYPE html><html><head><title>Circular 通函</title><style>p {}</style></head><body>
<nav>Home</nav><h1>Remote
 accounts</h1><p>Banks must <b>reply</b> within<br>five days.</p>
<ul><li>one<ul><li>inner</li></ul></li><li><p>two</p></li></ul><ol start="3"><li>third</li></ol>
<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>x<p>y</p></td></tr></table>
<table><tr><td><h2>Laid out</h2><p>with a table</p></td></tr></table>
<div>loose<div>in div</div>tail</div><script>alert(1)</script>
<p style="display: none">hidden</p><p hidden>hidden too</p><!-- comment --><pre>a
b</pre><p>客戶
須知</p></body></html>"""


def read(folder: Path, data: bytes) -> Flow:
    path = folder / "made.html"
    path.write_bytes(data)
    return parse_html(path)


def test_each_element_becomes_its_block(tmp_path: Path) -> None:
    flow = read(tmp_path, SOURCE.encode())
    assert flow.title == "Circular 通函"
    assert [(b.kind, b.level, b.number, b.text) for b in flow.blocks] == [
        ("heading", 1, "", "Remote accounts"),
        ("paragraph", 0, "", "Banks must reply within five days."),
        ("item", 1, "", "• one"),
        ("item", 2, "", "• inner"),
        ("item", 1, "", "• two"),
        ("item", 1, "3", "3. third"),
        ("row", 0, "", "A  B"),
        ("row", 0, "", "1  x y"),
        ("heading", 2, "", "Laid out"),
        ("paragraph", 0, "", "with a table"),
        ("paragraph", 0, "", "loose"),
        ("paragraph", 0, "", "in div"),
        ("paragraph", 0, "", "tail"),
        ("paragraph", 0, "", "a"),
        ("paragraph", 0, "", "b"),
        ("paragraph", 0, "", "客戶須知"),
    ]


def test_the_declared_encoding_is_used(tmp_path: Path) -> None:
    page = "<html><head><meta charset=big5></head><body><p>羅馬</p></body></html>"
    assert read(tmp_path, page.encode("big5")).blocks[0].text == "羅馬"


def test_entities_of_other_files_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><p>a &x; b</p>'
    assert "SECRET" not in "".join(b.text for b in read(tmp_path, page.encode()).blocks)


def test_deep_nesting_is_read_whole_or_refused(tmp_path: Path) -> None:
    def nested(depth: int) -> bytes:
        return f"{'<div>' * depth}deep{'</div>' * depth}<p>After.</p>".encode()

    assert [b.text for b in read(tmp_path, nested(300)).blocks] == ["deep", "After."]
    with pytest.raises(UnreadableDocument, match="nested deeper than 400 levels"):
        read(tmp_path, nested(5000))


def test_an_empty_page_has_no_blocks(tmp_path: Path) -> None:
    assert read(tmp_path, b"<!-- nothing -->").blocks == []


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<li>", "<ul>", "</ul>", "<table>", "<tr>", "<td>", "</table>", "<h1>",
             "</h1>", "<br>", "word ", "客戶", "<div>", "</div>", "&amp;", "<b>", "<script>", "<"]
        )
    )
)  # fmt: skip
def test_any_soup_of_tags_is_read(tmp_path_factory: object, parts: list[str]) -> None:
    assert hasattr(tmp_path_factory, "mktemp")
    flow = read(tmp_path_factory.mktemp("soup"), "".join(["<html>", *parts]).encode())
    assert all(block.text for block in flow.blocks)
