from __future__ import annotations

import pytest

from lionrock.assist.sentiment import polarity
from lionrock.assist.sentiment.polarity import Reading
from lionrock.assist.sentiment.words import units


def read(text: str) -> Reading:
    found = units(text)
    return polarity.read(found, polarity.matches(found))


@pytest.mark.parametrize(
    "text",
    [
        "The staff were friendly and helpful.",
        "服務態度非常好，十分滿意。",
        "服务很好，我很满意。",
        "呢間真係好好食，抵食！",
        "Operating profit rose to EUR 13 million.",
        "Losses fell sharply.",
    ],
)
def test_praise_is_good_in_each_language(text: str) -> None:
    assert read(text).score > 0.2


@pytest.mark.parametrize(
    "text",
    [
        "The app keeps crashing and nobody replies. Terrible.",
        "等了很久，職員態度惡劣，非常失望。",
        "等了很久，职员态度恶劣。",
        "難食，仲要好貴，唔會再嚟。",
        "Net profit fell to EUR 2 million.",
        "Costs increased.",
    ],
)
def test_blame_is_bad_in_each_language(text: str) -> None:
    assert read(text).score < -0.2


def test_a_negator_turns_the_next_opinion_and_not_one_of_the_next_sentence() -> None:
    assert read("not helpful").score < 0 < read("No. Helpful staff.").score
    assert read("唔係好食").turned == 1 and read("唔錯").turned == 0


def test_what_turns_is_less_than_its_opposite() -> None:
    assert 0 < read("not terrible").good < read("excellent").good


def test_intensifiers_and_diminishers_weigh() -> None:
    weighed = [read(f"{how} slow").bad for how in ("slightly", "", "very")]
    assert weighed == sorted(weighed) and len(set(weighed)) == 3


def test_a_text_without_opinions_says_nothing() -> None:
    assert read("The branch opens at nine.").score == 0 == read("").score
