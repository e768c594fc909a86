from __future__ import annotations

from uuid import uuid4

from lionrock.assist.cells import stated
from lionrock.documents.citations import Box, Citation, CitedCell


def row(*texts: str) -> Citation:
    box = Box(x0=0, y0=0, x1=1, y1=1)
    cells = [CitedCell(text=text, heading="", start=0, end=1, box=box) for text in texts]
    quote = "  ".join(texts)
    return Citation(
        document_id=uuid4(),
        version_id=uuid4(),
        document="fees",
        page=1,
        boxes=[],
        quote=quote,
        cells=cells,
    )


def marked(citation: Citation) -> list[str]:
    return [cell.text for cell in citation.cells if cell.stated]


def test_the_cell_whose_figure_the_answer_states_is_marked() -> None:
    fees = row("Platinum", "HK$ 1,800", "30%")
    assert marked(stated(fees, ["The annual fee of the Platinum card is HK$1,800."])) == [
        "HK$ 1,800"
    ]
    assert marked(stated(fees, ["利率為百分之三十。"])) == ["30%"]


def test_words_and_figures_of_no_cell_mark_nothing() -> None:
    assert marked(stated(row("Platinum", "HK$ 1,800"), ["Platinum costs 900."])) == []


def test_a_quote_that_is_no_row_stays_as_it_is() -> None:
    citation = row()
    assert stated(citation, ["1,800"]) is citation
