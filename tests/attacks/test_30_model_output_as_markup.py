"""Attack 30: a model or a document that writes HTML, Markdown, SVG, LaTeX or a diagram into a page."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from lionrock.assist.schemas import Answer, Origin, Sentence
from lionrock.documents.citations import Citation
from lionrock.kernel.capabilities import find
from lionrock.web.rendering import environment
from tests.attacks.conftest import Taken
from tests.attacks.doors import fetch
from tests.attacks.markup import active
from tests.matrix.world import World

MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "![x](https://evil.example/i.png)", "[click](javascript:alert(1))", "</p></div><iframe src=//evil>",
    "```mermaid\ngraph TD; A[<b>x</b>]-->B\n```", "$$\\href{javascript:alert(1)}{x}$$",
    "{{ house.settings }}", "{% for x in ().__class__.__mro__ %}", "<a href='data:text/html,x'>",
    "\"><style>*{background:url(//evil)}</style>", "<base href=//evil.example>", "&lt;script&gt;",
)  # fmt: skip


def answered(text: str) -> Answer:
    citation = Citation(
        document_id="00000000-0000-4000-8000-000000000001",  # type: ignore[arg-type]
        version_id="00000000-0000-4000-8000-000000000002",  # type: ignore[arg-type]
        document=f"{text}.pdf", page=1, boxes=[], quote=text,
    )  # fmt: skip
    sentence = Sentence(text=text, origin=Origin.WORDED, cites=[0])
    return Answer(
        question=text, language="en", answer=text, refused=False, sentences=[sentence],
        citations=[citation], nearest=[], model=text, note=text, confidence=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
async def test_what_a_model_writes_is_text_in_the_chat_the_record_and_the_history(
    world: World, browser: ClientSession, text: str
) -> None:
    run = await world.ours.told(answered(text))
    for path in (f"/runs/{run}", "/runs", "/"):
        for headers in ({}, {"HX-Request": "true"}):
            page = await fetch(browser, "GET", path, headers=headers)
            assert page.status == 200
            assert active(page.text) == []


async def test_a_documents_words_and_name_are_text_wherever_they_are_shown(
    browser: ClientSession, taken_in: Taken
) -> None:
    name = "".join(text.replace("/", "").replace("\n", " ") for text in MARKUP[:5])
    document = await taken_in(f"{name[:190]}.txt", "\n\n".join(MARKUP).encode())
    assert document["state"] == "ready"
    for path in ("/documents", f"/documents/{document['id']}/pages/1"):
        page = await fetch(browser, "GET", path)
        assert "alert(1)" in page.text  # it is shown
        assert active(page.text) == []


def test_the_reader_of_pages_sees_what_a_browser_would_act_on() -> None:
    acted_on = [text for text in MARKUP if "<" in text and not text.startswith(("```", "&lt;"))]
    assert all(active(text) for text in acted_on)


def test_every_template_escapes_and_none_can_switch_it_off() -> None:
    made = environment()
    assert made.autoescape is True
    assert "markdown" not in made.filters
    assert find("ask").result is Answer
