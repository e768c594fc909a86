from __future__ import annotations

import re
from pathlib import Path

import pytest

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Trust, read_engines
from lionrock.gateway.pool.addresses import Address

_PAGE = (Path(__file__).parents[3] / "docs" / "gateway-engines.md").read_text("utf-8")

ENGINE = """
[[engine]]
name = "one"
kind = "vllm"
url = "http://127.0.0.1:8000"
trust = "inside"
at_once = 8
"""
MODEL = """
[[engine.model]]
name = "m"
context = 4096
output = 1024
"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "k").write_text("secret-1\n")
    (folder / "k").chmod(0o600)
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engines.toml"


def test_the_example_of_the_page_is_read(file: Path, keys: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", _PAGE, re.MULTILINE | re.DOTALL)
    file.write_text(example)
    for name in ("gpu1", "cloud"):
        (keys / name).write_text(f"key of {name}".replace(" ", "-"))
        (keys / name).chmod(0o600)
    gpu1, cloud, embedded = read_engines(file, keys)
    assert (gpu1.kind, gpu1.trust, gpu1.at_once) == (EngineKind.VLLM, Trust.INSIDE, 64)
    assert (gpu1.key, cloud.trust, embedded.key) == ("key-of-gpu1", Trust.OUTSIDE, None)
    offer = gpu1.offer("qwen3-32b")
    assert offer is not None and offer.upstream == "Qwen/Qwen3-32B"
    assert (offer.price_in, offer.price_out, offer.currency) == (2_000_000, 8_000_000, "HKD")
    assert embedded.url.startswith("unix:/")


def test_what_is_not_said_has_its_default(file: Path, keys: Path) -> None:
    file.write_text(ENGINE + MODEL)
    (engine,) = read_engines(file, keys)
    (offer,) = engine.offers
    assert (engine.key, engine.weight, engine.health) == (None, 1.0, None)
    assert (offer.upstream, offer.price_in, offer.currency, offer.sha256) == ("m", 0, "HKD", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("engine = [", "is not TOML"),
        ("", "engine: Field required"),
        (ENGINE, "engine one, model: Field required"),
        (ENGINE + MODEL + "wieght = 2", "engine one, model m, wieght: Extra inputs"),
        (ENGINE.replace("vllm", "vlm") + MODEL, "engine one, kind: Input should be"),
        (ENGINE.replace('trust = "inside"', "") + MODEL, "engine one, trust: Field required"),
        (ENGINE.replace("at_once = 8", "at_once = 0") + MODEL, "engine one, at_once"),
        (ENGINE.replace("at_once = 8", 'at_once = "8"') + MODEL, "engine one, at_once"),
        (ENGINE + "weight = nan" + MODEL, "engine one, weight"),
        (ENGINE + 'key = "../k"' + MODEL, "engine one, key"),
        (ENGINE + MODEL + "price_in = -1", "model m, price_in"),
        (ENGINE + MODEL + "price_in = 0.5", "model m, price_in"),
        (ENGINE + MODEL.replace("1024", "5000"), r"output \(5000\) is more than context \(4096\)"),
        (ENGINE + MODEL + MODEL, "engine one: the model m stands there twice"),
        (ENGINE + MODEL + ENGINE + MODEL, "two engines are named one"),
        (ENGINE.replace("http:", "ftp:") + MODEL, "url: An engine's address looks like"),
        (
            (ENGINE + MODEL).replace("inside", "outside").replace("127.0.0.1", "a.example"),
            "an engine outside is reached by https only",
        ),
        (
            ENGINE + MODEL + (ENGINE + MODEL).replace('"one"', '"two"') + 'currency = "USD"',
            "the model m is priced in two currencies",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(file: Path, keys: Path, text: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(InvalidInput, match=words) as refused:
        read_engines(file, keys)
    assert str(file) in refused.value.detail


def test_a_file_that_is_not_there_is_named(file: Path, keys: Path) -> None:
    with pytest.raises(InvalidInput, match=r"LIONROCK_ENGINES.*No such file"):
        read_engines(file, keys)


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ("secret-1", 0o644, "chmod 600"),
        ("secret 1", 0o600, "one key"),
        ("", 0o600, "one key"),
        ("密鑰", 0o600, "one key"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_a_key_file_that_will_not_do_is_named_and_its_content_is_not(
    file: Path, keys: Path, content: str | None, mode: int, words: str
) -> None:
    if content is None:
        (keys / "k").unlink()
    else:
        (keys / "k").write_text(content)
        (keys / "k").chmod(mode)
    file.write_text(ENGINE + 'key = "k"' + MODEL)
    with pytest.raises(InvalidInput, match=words) as refused:
        read_engines(file, keys)
    assert "secret" not in refused.value.detail


def test_a_key_is_not_shown_where_an_engine_is(file: Path, keys: Path) -> None:
    file.write_text(ENGINE + 'key = "k"' + MODEL)
    (engine,) = read_engines(file, keys)
    assert engine.key == "secret-1" and "secret-1" not in repr(engine)


@pytest.mark.parametrize(
    ("text", "root", "api"),
    [
        ("http://h:8000", "http://h:8000", "http://h:8000/v1"),
        ("http://h:8000/v1/", "http://h:8000/", "http://h:8000/v1"),
        ("https://h/llm/v2", "https://h/llm", "https://h/llm/v2"),
        ("unix:/run/e.sock", "http://engine", "http://engine/v1"),
        ("unix:///run/e.sock", "http://engine", "http://engine/v1"),
    ],
)
def test_an_address_has_a_root_and_an_api(text: str, root: str, api: str) -> None:
    found = Address.read(text)
    assert (str(found.root).rstrip("/"), str(found.api)) == (root.rstrip("/"), api)
    assert found.socket == (Path("/run/e.sock") if text.startswith("unix") else None)


@pytest.mark.parametrize(
    "text",
    [
        "unix:e.sock",
        "unix://host/e.sock",
        f"unix:/{'x' * 107}",
        "http://u:p@h",
        "http://h?x=1",
        "h:1",
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Address.read(text)
