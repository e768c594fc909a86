from __future__ import annotations

from urllib.parse import urlencode

from tests.assist.sentiment.material import labelled
from tests.web.client import BOUNDARY, Client

PATH = "/desk/classifiers"


def sent(file: str, content: bytes, **more: str) -> bytes:
    """A multipart form with a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in more.items()
    ]
    head = f'form-data; name="file"; filename="{file}"'
    parts.append(f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n".encode() + content)
    return b"".join([*parts, f"\r\n--{BOUNDARY}--\r\n".encode()])


FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


async def test_one_is_trained_seen_and_retired_on_its_page(reader: Client) -> None:
    assert "No classifier yet" in (await reader.get(PATH)).text
    body = sent("examples.csv", labelled(), name="<reviews>")
    assert (await reader.send("POST", PATH, body, FORM)).status == 303
    shown = (await reader.get(PATH)).text
    assert "&lt;reviews&gt;" in shown and "In use" in shown and "Negative 27" in shown
    one = shown.split(f'action="{PATH}/')[1].split("/")[0]
    assert (await reader.post(f"{PATH}/{one}/retire", {})).status == 303
    assert "Retired" in (await reader.get(PATH)).text
    assert (await reader.post(f"{PATH}/{one}/use", {})).status == 409


async def test_what_is_missing_is_said_in_the_readers_language(reader: Client) -> None:
    nameless = await reader.send("POST", PATH, sent("a.csv", labelled(), name=" "), FORM)
    assert nameless.status == 422 and "Give it a name" in nameless.text
    few = sent("a.csv", b"text,label\none,positive\n", name="few")
    answer = await reader.send("POST", PATH, few, FORM | {"accept-language": "zh-HK"})
    assert answer.status == 422 and "訓練每類需要 20 段" in answer.text


async def test_a_file_of_texts_is_chosen_on_the_page_of_sentiment(reader: Client) -> None:
    page = (await reader.get("/c/sentiment")).text
    assert 'enctype="multipart/form-data"' in page and 'type="file"' in page
    rows = b"text\n<b>Terrible app</b>: refund me\nAn excellent branch.\n"
    begun = await reader.send("POST", "/c/sentiment", sent("texts.csv", rows, column="text"), FORM)
    assert begun.status == 303
    run = begun.headers["location"]
    while "sse-connect" in (shown := (await reader.get(run)).text):
        pass
    assert "2 texts" in shown and "&lt;b&gt;Terrible app" in shown and "<q lang" in shown


async def test_a_text_is_read_on_the_page(reader: Client) -> None:
    form = {"text": "我要投訴，態度好差。", "no_aspects": "on", "ask": "on"}
    body = urlencode(form).encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    run = (await reader.send("POST", "/c/sentiment", body, kind)).headers["location"]
    while "sse-connect" in (shown := (await reader.get(run, accept_language="zh-HK")).text):
        pass
    assert "負面" in shown and "我要投訴" in shown and "按詞表判斷" in shown
    assert "模型沒有評分" in shown
