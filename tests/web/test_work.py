from __future__ import annotations

import re

from lionrock.kernel.actors import Actor
from tests.web.client import Answer, Client
from tests.web.conftest import FOREIGN, signed_in


def run_of(answer: Answer) -> str:
    return re.findall(r'data-run="([0-9a-f-]+)"', answer.text)[0]


async def begin(reader: Client, **form: str) -> str:
    """A trial run, followed to its end."""
    answer = await reader.post(
        "/c/trial", {"text": "words", "times": "1", **form}, hx_request="true"
    )
    assert answer.status == 200
    run = run_of(answer)
    await reader.get(f"/runs/{run}/stream")
    return run


async def test_the_first_page_asks_and_points_to_the_library_while_it_is_empty(
    reader: Client,
) -> None:
    text = (await reader.get("/")).text
    assert '<textarea id="field-question" name="question"' in text and 'maxlength="2000"' in text
    assert '<input type="checkbox" name="quotes_only"' in text
    assert 'placeholder="Ask in English, 中文 or 廣東話"' in text
    assert "No documents yet" in text


async def test_a_new_capability_has_a_page_without_an_edit_here(reader: Client, trial: str) -> None:
    text = (await reader.get("/c/trial")).text
    assert '<a href="/desk" aria-current="page">Desk</a>' in text and "<h1>Trial</h1>" in text
    assert 'name="text" type="text" placeholder="What to try." required' in text
    assert 'type="number"' in text and 'min="1" max="3"' in text
    assert 'type="checkbox" name="fail"' in text


async def test_a_question_comes_back_as_a_fragment_that_follows_its_run(
    reader: Client, trial: str
) -> None:
    answer = await reader.post("/c/trial", {"text": "<b>", "times": "1"}, hx_request="true")
    run = run_of(answer)
    assert answer.headers["hx-push-url"] == f"/runs/{run}"
    assert f'sse-connect="/runs/{run}/stream"' in answer.text and 'sse-swap="trying"' in answer.text
    assert "&lt;b&gt;" in answer.text and "<html" not in answer.text


async def test_without_a_script_a_question_leads_to_its_run(reader: Client, trial: str) -> None:
    answer = await reader.post("/c/trial", {"text": "words", "times": "1"})
    assert answer.status == 303 and answer.headers["location"].startswith("/runs/")


async def test_a_run_that_ended_is_shown_from_its_record(reader: Client, trial: str) -> None:
    run = await begin(reader)
    text = (await reader.get(f"/runs/{run}")).text
    assert "tried words" in text and "sse-connect" not in text and "<html" in text


async def test_a_failed_run_says_why_in_the_readers_language(reader: Client, trial: str) -> None:
    run = await begin(reader, fail="on")
    text = (await reader.get(f"/runs/{run}", accept_language="zh-HK")).text
    assert "出現錯誤" in text and "未設定模型。" in text


async def test_history_lists_own_runs_newest_first_with_how_they_ended(
    reader: Client, trial: str
) -> None:
    for form in (
        {"text": "first"},
        {"text": "second", "times": "3"},
        {"text": "third", "fail": "on"},
    ):
        await begin(reader, **form)
    text = (await reader.get("/runs")).text
    assert re.findall(r">(first|second|third)<", text) == ["third", "second", "first"]
    assert re.findall(r'class="state (\w+)"', text) == ["failed", "refused", "finished"]


async def test_an_empty_history_says_so(reader: Client) -> None:
    assert "Nothing asked yet" in (await reader.get("/runs")).text


async def test_a_page_offers_what_was_done_on_it_before_once_each(
    reader: Client, trial: str
) -> None:
    for text in ("first", "second", "first"):
        await begin(reader, text=text)
    assert re.findall(r">(first|second)</a>", (await reader.get("/c/trial")).text) == [
        "first",
        "second",
    ]


async def test_a_run_is_its_owners_alone(
    reader: Client, visitor: Client, stranger: Actor, trial: str
) -> None:
    run = await begin(reader)
    other = await signed_in(visitor, stranger)
    for path in (f"/runs/{run}", f"/runs/{run}/stream"):
        assert (await other.get(path)).status == 404
    assert (await other.post(f"/runs/{run}/stop")).status == 204
    assert run not in (await other.get("/runs")).text


async def test_what_a_model_wrote_is_never_markup(reader: Client, trial: str) -> None:
    answer = await reader.post("/c/trial", {"text": "words", "times": "1"}, hx_request="true")
    stream = (await reader.get(f"/runs/{run_of(answer)}/stream")).text
    assert FOREIGN not in stream and "&lt;script&gt;alert(" in stream
