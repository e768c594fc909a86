from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.sentiment.comparisons import compared
from lionrock.assist.sentiment.polarity import matches
from lionrock.assist.sentiment.words import units


def told(text: str) -> list[float]:
    found = units(text)
    return [pair.better for pair in compared(found, matches(found))]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Net profit was EUR 35.5 mn compared with EUR 29.8 mn in 2005.", 1),
        ("Sales came to 900,000 versus 1.2 million a year earlier.", -1),
        ("The margin was 8.3%, against 11.8%.", -1),
        ("Profit totalled EUR 7 mn, up from a loss of EUR 9 mn.", 1),
        ("The operating loss was EUR 179mn, compared to EUR 188mn.", 1),
        ("Costs went from 3 million to 5 million.", -1),
        ("純利由12億元變為15億元", 1),
        ("營業額為3000萬元，去年同期為2億元", -1),
        ("EPS was EUR0 .3 versus EUR0 .5", -1),
    ],
)
def test_a_figure_beside_an_earlier_one_is_better_or_worse(text: str, better: int) -> None:
    assert told(text) == [better]


@pytest.mark.parametrize(
    "text",
    [
        "I moved from Hong Kong to London.",
        "Sales in 2008 compared to 2007.",
        "The margin was 8.3%, against EUR 5 mn.",
        "Profit was 5 million. Compared with 3 million we are.",
        "We met from 9 to 11.",
        "Profit was 5 million compared with 5 million.",
    ],
)
def test_what_sets_no_two_figures_of_one_kind_side_by_side_tells_nothing(text: str) -> None:
    assert told(text) == []


@given(st.text(alphabet="profit loss 0123456789.,% from to versus 由至億 EUR mn。", max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert set(told(text)) <= {1.0, -1.0}
