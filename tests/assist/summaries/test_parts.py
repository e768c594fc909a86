"""A document in parts, and what is chosen of each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.summaries.candidates import Candidate, candidates
from lionrock.assist.summaries.choices import Reader
from lionrock.assist.summaries.parts import chosen, divided, parts, shares
from lionrock.assist.summaries.salience import rank
from tests.assist.summaries.passages import passage, pieces_of


def of(sections: list[int]) -> list[Candidate]:
    """So many statements under each of so many headings."""
    return candidates(
        pieces_of(
            *[
                passage(
                    f"The office of section {s} wrote its report number {n} for the council.",
                    f"Section {s}",
                )
                for s, size in enumerate(sections)
                for n in range(size)
            ]
        )
    )


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.integers(1, 15))
def test_parts_are_the_whole_in_order_and_as_many_as_asked_for(
    sections: list[int], count: int
) -> None:
    found = of(sections)
    made = parts(found, count)
    assert [c for part in made for c in part] == found
    assert len(made) == min(count, len(found))
    assert all(made)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9), st.integers(1, 30))
def test_shares_give_one_to_each_and_no_more_than_there_are(sizes: list[int], whole: int) -> None:
    given_out = shares(sizes, whole)
    assert all(min(1, size) <= n <= size for n, size in zip(given_out, sizes, strict=True))
    least = sum(min(1, size) for size in sizes)
    assert sum(given_out) == min(max(whole, least), sum(sizes))


def test_every_section_is_heard_where_there_are_as_many_sentences() -> None:
    found = of([5, 2, 9, 3])
    groups = chosen(parts(found, 4), rank(found, Reader.EXECUTIVE), 1)
    assert [g[0].section for g in groups] == [f"Section {n}" for n in range(4)]


def test_a_third_is_of_the_opening_of_a_long_document() -> None:
    found = of([60])
    groups = chosen(divided(found, 6), rank(found, Reader.EXECUTIVE), 1)
    assert len({g[0] for g in groups}) == 6
    assert sum(g[0].place < 10 for g in groups) == 2


def test_what_is_said_twice_is_chosen_once() -> None:
    said = "The harbour works will cost the city two hundred million dollars."
    found = candidates(
        pieces_of(
            *[
                passage(f"{said}", "Cost"),
                passage(f"{said} The ferry will stop for the whole of the winter season.", "Again"),
            ]
        )
    )
    groups = chosen(parts(found, 2), rank(found, Reader.EXECUTIVE), 1)
    assert [g[0].text for g in groups] == [found[0].text, found[2].text]


def test_what_is_worded_together_is_about_the_same() -> None:
    found = candidates(
        pieces_of(
            *[
                passage("The harbour works will begin in June after the council's vote."),
                passage("The council's vote on the harbour works was taken in May."),
                passage("Librarians asked visitors for quiet during the reading hours."),
            ]
        )
    )
    (group,) = chosen([found], rank(found, Reader.EXECUTIVE), 3)
    assert {c.text for c in group} == {found[0].text, found[1].text}
