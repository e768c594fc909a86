"""What holds of every template, script and stylesheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lionrock.web.rendering import environment
from tests.web.texts import SOURCE, templates

STATIC = SOURCE / "web" / "static"
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|javascript:|hx-on|\|\s*safe\b", re.I
)
ELSEWHERE = re.compile(r"(?:src|href|action|url\()\s*=?\s*[\"']?(?:https?:)?//", re.I)


@pytest.mark.parametrize("path", templates(), ids=lambda p: p.name)
def test_a_template_has_nothing_inline_and_nothing_unescaped(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not INLINE.findall(text)
    assert not ELSEWHERE.findall(text)
    assert "autoescape" not in text


@pytest.mark.parametrize("path", templates(), ids=lambda p: p.name)
def test_a_template_compiles(path: Path) -> None:
    folder = next(p for p in path.parents if p.name == "templates")
    assert environment().get_template(path.relative_to(folder).as_posix())


@pytest.mark.parametrize("path", templates(), ids=lambda p: p.name)
def test_words_on_a_page_come_from_a_catalogue(path: Path) -> None:
    bare = re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}|<code>.*?</code>|<kbd>.*?</kbd>|<svg.*?</svg>", "",
                  path.read_text("utf-8"), flags=re.S)  # fmt: skip
    shown = re.sub(r"<[^>]*>", " ", bare.replace("Lionrock", ""), flags=re.S)
    assert not re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", shown)


def test_script_and_style_reach_no_other_host_and_stay_small() -> None:
    own = [STATIC / "app.js", STATIC / "app.css", STATIC / "icon.svg"]
    for path in own:
        assert not ELSEWHERE.findall(path.read_text("utf-8"))
    assert sum(path.stat().st_size for path in own) < 60_000


def test_our_script_writes_no_markup_but_what_the_server_rendered() -> None:
    text = (STATIC / "app.js").read_text("utf-8")
    assert re.findall(r"(\w+)\.(?:innerHTML|outerHTML|insertAdjacentHTML)", text) == ["answer"]
    assert not re.findall(r"\beval\(|new Function|document\.write|\.style\b", text)


def test_vendored_scripts_are_the_recorded_ones() -> None:
    from hashlib import sha256

    record = (STATIC / "vendor" / "README.md").read_text("utf-8")
    for path in (STATIC / "vendor").glob("*.js"):
        assert sha256(path.read_bytes()).hexdigest() in record, path.name


def test_the_administrations_script_writes_no_markup_and_its_files_stay_small() -> None:
    script, style = STATIC / "administration.js", STATIC / "administration.css"
    text = script.read_text("utf-8")
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|\.style\b", text)
    for path in (script, style):
        assert not ELSEWHERE.findall(path.read_text("utf-8"))
    assert script.stat().st_size + style.stat().st_size < 25_000
