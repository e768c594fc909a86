"""Compare: a clause is put beside its counterpart, and what the two differ in is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lionrock.app import House
from lionrock.assist.comparing.schemas import CompareRequest, Pair, TextComparison, Verdict, Weighed
from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Update, find
from lionrock.kernel.database import Database
from lionrock.models.embeddings import LocalEmbedder
from tests.building import house_of, taught

CONTRACT = """1. Definitions
"Client" means the party that signs the order form.
2. Term
2.1 This agreement begins on 1 March 2026 and lasts for twelve months.
2.2 Either party may end it by giving 30 days' written notice.
3. Fees
3.1 The Client must pay HK$50,000 a month within 14 days of the invoice.
3.2 Fees paid late bear interest at 8% per annum.
4. Confidentiality
4.1 The Supplier must not disclose the Client's information to any third party.
5. Law
5.1 This agreement is governed by the laws of Hong Kong."""
IN_CHINESE = """一、定義
「客戶」指簽署訂購單的一方。
二、期限
2.1 本協議由2026年3月1日起生效，為期十二個月。
2.2 任何一方可給予60日書面通知終止本協議。
三、費用
3.1 客戶可於發票日起14日內每月支付港幣50,000元。
四、保密
4.1 供應商可向第三方披露客戶的資料。
五、適用法律
5.1 本協議受香港法律管限。
六、通知
6.1 通知須以郵遞方式送達。"""
REWRITTEN = """1. Law
1.1 This agreement is governed by the laws of Hong Kong.
2. Definitions
"Client" means the party signing the order form.
3. Term
3.1 The agreement starts on 1 March 2026 and lasts for twelve months.
3.2 By written notice of 30 days either party may end it.
4. Secrecy
4.1 The Supplier must not disclose the Client's information to any third party."""


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as house:
        yield house


@pytest.fixture
async def reading(house: House, embedding_weights: Path) -> AsyncIterator[House]:
    """With the encoder that is shipped."""
    words, house.search.embedder = house.search.embedder, LocalEmbedder(embedding_weights)
    yield house
    await house.search.embedder.close()
    house.search.embedder = words


async def updates(house: House, actor: Actor, **asked: Any) -> list[Update]:
    run = await house.runs.begin(house.context(actor), find("compare"), CompareRequest(**asked))
    return [update async for update in run.follow()]


async def comparison(house: House, actor: Actor, **asked: Any) -> TextComparison:
    last = (await updates(house, actor, **asked))[-1]
    assert isinstance(last, TextComparison)
    return last


def with_words(made: TextComparison, words: str) -> Pair:
    """The pair of which a side has the words."""
    return next(
        p for p in made.pairs
        if any(side and words in side.text for side in (p.first, p.second))
    )  # fmt: skip


async def test_clauses_of_two_languages_are_paired_and_what_differs_is_told(
    reading: House, actor: Actor
) -> None:
    made = await comparison(reading, actor, text=CONTRACT, other_text=IN_CHINESE)
    assert made.languages == ("en", "zh-Hant") and not made.notes
    notice = with_words(made, "30 days")
    assert notice.second and "60日" in notice.second.text
    assert [str(d) for d in notice.differences] == ["figures: 30 days ≠ 60日"]
    paying, secret = with_words(made, "HK$50,000"), with_words(made, "not disclose")
    assert [d.name for d in paying.differences] == ["duty"]
    assert secret.second and "披露" in secret.second.text
    assert "negation" in [d.name for d in secret.differences]
    assert with_words(made, "twelve months").verdict is Verdict.REWORDED
    assert with_words(made, "interest").verdict is Verdict.FIRST_ONLY
    assert with_words(made, "郵遞").verdict is Verdict.SECOND_ONLY


async def test_other_words_and_another_order_are_no_difference(
    reading: House, actor: Actor
) -> None:
    made = await comparison(reading, actor, text=CONTRACT, other_text=REWRITTEN)
    assert made.counts["differs"] == 0
    law = with_words(made, "laws of Hong Kong")
    assert law.moved and law.verdict is Verdict.SAME
    notice = with_words(made, "3.2 By written notice")
    assert notice.first and notice.first.number == "2.2"
    assert notice.verdict is Verdict.REWORDED


async def test_the_other_script_says_the_same(house: House, actor: Actor) -> None:
    made = await comparison(
        house, actor, text="銀行須保存紀錄五年。", other_text="银行须保存纪录五年。"
    )
    assert made.counts["same"] == 1 and not made.pairs


async def test_what_is_the_same_is_shown_where_it_is_asked_for(house: House, actor: Actor) -> None:
    text = "Keep it for five years.\nBurn it after.\nTell nobody."
    hidden = await comparison(house, actor, text=text, other_text=text)
    shown = await comparison(house, actor, text=text, other_text=text, show_same=True)
    assert not hidden.pairs and len(shown.pairs) == 3 and hidden.counts == shown.counts


async def test_without_an_encoder_it_goes_by_words_and_numbers_and_says_so(
    house: House, actor: Actor
) -> None:
    house.search.embedder = None
    made = await comparison(house, actor, text=CONTRACT, other_text=IN_CHINESE)
    assert "not by meaning" in made.notes[0] or "沒有按意思配對" in made.notes[0]
    notice = with_words(made, "30 days")
    assert notice.second and notice.second.number == "2.2"


async def test_a_document_is_compared_with_a_text_and_cited_by_page(
    house: House, actor: Actor
) -> None:
    document = await taught(
        house,
        actor,
        "policy.md",
        "# Records\n\nRecords are kept for seven years.\n\nNobody else sees them.\n",
    )
    made = await comparison(
        house, actor, documents=[document.id],
        text="Records are kept for five years.\nNobody else sees them.\nA last line.",
    )  # fmt: skip
    kept = with_words(made, "seven years")
    assert kept.first and kept.first.cite is not None and kept.first.page == 1
    cited = made.citations[kept.first.cite]
    assert cited.document == "policy.md" and cited.quote == "Records are kept for seven years."
    assert kept.second and kept.second.cite is None
    assert [str(d) for d in kept.differences] == ["figures: seven years ≠ five years"]
    assert made.names == ("policy.md", "")


async def test_each_pair_is_shown_as_it_is_found(house: House, actor: Actor) -> None:
    seen = await updates(
        house, actor, text="Pay HK$5.\nGo.\nNow.", other_text="Pay HK$6.\nGo.\nNow."
    )
    assert [u.pair.verdict for u in seen if isinstance(u, Weighed)] == [Verdict.DIFFERS]


@pytest.mark.parametrize("asked", [{}, {"text": "Only one."}, {"other_text": "  ", "text": "One."}])
async def test_one_side_alone_is_refused(house: House, actor: Actor, asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="Give two sides to compare"):
        await updates(house, actor, **asked)


async def test_too_long_a_text_is_refused_with_the_limit(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.assist.comparing.sides.MOST_CLAUSES", 3)
    with pytest.raises(InvalidInput, match="up to 3 can be compared"):
        await updates(house, actor, text="a\nb\nc\nd", other_text="a\nb\nc")


async def test_a_document_of_another_tenant_is_not_there(
    house: House, actor: Actor, stranger: Actor
) -> None:
    document = await taught(house, actor, "secret.md", "Nothing for others.\n")
    with pytest.raises(NotFound):
        await updates(house, stranger, documents=[document.id], text="Nothing.")


@pytest.mark.parametrize("format", TextComparison.formats)
async def test_it_is_saved_as_a_file(house: House, actor: Actor, format: str) -> None:
    text, other = "=1+1 is HK$5.\nGo.\nNow.", "=1+1 is HK$6.\nGo.\nNow."
    made = await comparison(house, actor, text=text, other_text=other)
    data = await made.file(house.context(actor), format)
    if format == "md":
        assert "| differs |" in data.decode() and "HK$5 ≠ HK$6" in data.decode()
    else:
        assert data.startswith(b"PK")
