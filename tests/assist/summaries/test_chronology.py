"""Dated statements in the order of their dates."""

from __future__ import annotations

from lionrock.assist.summaries.candidates import candidates
from lionrock.assist.summaries.chronology import events, foremost
from tests.assist.summaries.passages import passage, pieces_of

PASSAGES = [
    passage("The works were finished on 23 November 2026, a month late."),
    passage("工程於民國115年三月五日展開，為期八個月。", language="zh-Hant"),
    passage("A tender was called in January 2026 and closed on 15/02/2026 at noon."),
    passage("2026年6月1日  首期付款  350萬元  已付", kind="row", language="zh-Hant"),
    passage("The committee meets on the first Monday; its rules are unchanged."),
]

PIECES = pieces_of(*PASSAGES)


def test_dates_in_every_form_are_put_in_order_each_statement_at_its_first() -> None:
    found, _ = events(PIECES, candidates(PIECES))
    assert [e.date for e in found] == [
        "2026-01", "2026-03-05", "2026-06-01", "2026-11-23",
    ]  # fmt: skip


def test_those_that_say_most_are_kept_in_order() -> None:
    found, _ = events(PIECES, candidates(PIECES))
    for score, event in enumerate(found):
        event.candidate.score = -score
    assert [e.date for e in foremost(found, 2)] == ["2026-01", "2026-03-05"]
    assert foremost(found, 99) == found


def test_a_month_without_its_year_dates_nothing() -> None:
    pieces = pieces_of(
        passage("In September the office extended the scheme until the end of April 2022."),
        passage("On 3 June the council met to vote on the harbour wall again."),
        passage("會議於9月舉行，決定延長計劃至2022年4月底為止。", language="zh-Hant"),
    )
    assert events(pieces, candidates(pieces)) == ([], 3)
