"""Whatever bytes come: the real child's answer is a document or a refusal with a reason, and the
parent takes no answer that is not consistent. `LIONROCK_FUZZ=2000` runs longer, with new examples."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing import sandbox, wire
from lionrock.documents.parsing.mail_words import words
from lionrock.documents.parsing.rtf import text_of_rtf, unpacked
from lionrock.documents.parsing.sandbox import Limits
from lionrock.documents.parsing.unpacking import members
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.making import check_runs
from tests.documents.parsing.packing import zipped
from tests.documents.parsing.samples import samples
from tests.documents.parsing.test_wire import document

LONGER = int(os.environ.get("LIONROCK_FUZZ", "0"))
NAMES = sorted(samples())
CONTAINERS = ("a.eml", "a.msg", "a.zip")


def tried(examples: int) -> settings:
    """So many examples, the same each time; with LIONROCK_FUZZ more, and others each time."""
    return settings(
        max_examples=LONGER or examples,
        derandomize=not LONGER,
        suppress_health_check=list(HealthCheck),
        database=None,
    )


@st.composite
def harmed(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with some of them cut, doubled, flipped or replaced."""
    made = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(made) - 1, 0)))
        length = draw(st.integers(1, 64))
        match draw(st.sampled_from(("cut", "drop", "double", "flip", "put"))):
            case "cut":
                del made[at:]
            case "drop":
                del made[at : at + length]
            case "double":
                made[at:at] = made[at : at + length] * draw(st.sampled_from((1, 50)))
            case "flip" if made:
                made[at] ^= 1 << draw(st.integers(0, 7))
            case _:
                made[at : at + length] = draw(st.binary(max_size=64))
    return bytes(made)


@st.composite
def harmed_files(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[str, bytes]:
    """A file of one of these kinds, harmed; in an archive often one of its parts, packed again."""
    name = draw(st.sampled_from(names))
    data = samples()[name]
    if data.startswith(b"PK") and draw(st.booleans()):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        chosen = draw(st.sampled_from(sorted(parts)))
        parts[chosen] = draw(harmed(parts[chosen]))
        return name, zipped(parts)
    return name, draw(harmed(data))


def read(folder: Path, name: str, data: bytes) -> ParsedDocument | None:
    path = folder / "file"
    path.write_bytes(data)
    try:
        return asyncio.run(sandbox.parse(path, name, seconds=30, memory_bytes=2**30))
    except UnreadableDocument as refusal:
        told = f"{name} cannot be read: it"
        assert refusal.detail.startswith(told) and len(refusal.detail) > len(told) + 5
        return None


def check(found: ParsedDocument) -> None:
    """What the rest of the product counts on."""
    assert isinstance(found.title, str) and isinstance(found.media_type, str)
    for number, page in enumerate(found.pages, 1):
        assert page.number == number and page.width > 0 and page.height > 0
        check_runs(page) if found.reading_copy is not None else list(page.runs)
    for block in found.blocks:
        assert block.slices
        for part in block.slices:
            assert 0 <= part.start < part.end <= len(found.pages[part.page - 1].text)


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_is_read(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, samples()[name])
    assert found is not None
    check(found)
    assert any("收費" in page.text for page in found.pages) or name in ("a.msg", "a.zip")


@tried(20)
@given(file=harmed_files(tuple(NAMES)))
def test_a_harmed_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes]
) -> None:
    found = read(tmp_path_factory.mktemp("fuzz"), *file)
    if found is not None:
        check(found)


@tried(6)
@given(data=st.binary(max_size=2000), name=st.sampled_from(NAMES))
def test_any_bytes_at_all_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    found = read(tmp_path_factory.mktemp("fuzz"), name, data)
    if found is not None:
        check(found)


async def taken(path: Path, name: str) -> list[tuple[str, bytes | str]]:
    """What arrives of a container's members: bytes, or the reason for which there are none."""
    found: list[tuple[str, bytes | str]] = []
    limits = Limits(name, 30, 2**30)
    with path.open("rb") as file:
        async with members(file.fileno(), name, limits, first=0) as arriving:
            async for member in arriving:
                try:
                    data = b"".join([chunk async for chunk in member.chunks])
                    found.append((member.path, member.reason or data))
                except UnreadableDocument as refusal:
                    found.append((member.path, refusal.detail))
    return found


@pytest.mark.parametrize("name", CONTAINERS)
def test_each_container_is_unpacked(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(samples()[name])
    assert asyncio.run(taken(tmp_path / "file", name))[0][0] == "收費.txt"


@tried(12)
@given(file=harmed_files(CONTAINERS))
def test_a_harmed_container_is_unpacked_or_refused(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes]
) -> None:
    name, data = file
    path = tmp_path_factory.mktemp("fuzz") / "file"
    path.write_bytes(data)
    try:
        for called, _ in asyncio.run(taken(path, name)):
            assert called and ".." not in called.split("/") and not called.startswith("/")
    except UnreadableDocument as refusal:
        assert refusal.detail.startswith(f"{name} cannot be read: it")


LINES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"R 0 0", b"Z", b"D 5", b"D 99999999", b"D -1", b"X 1", b'E "no"', b"E {",
                     b'M {"path": "../a", "size": 5, "reason": ""}', b"M {}", b"M []",
                     b'M {"path": "a", "size": 1e999, "reason": 5}', b"hello"]),
)  # fmt: skip


@tried(12)
@given(lines=st.lists(LINES, max_size=8))
def test_a_child_that_says_anything_hands_over_clean_names_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    said = b"\n".join([*lines, b""])
    script = f"import sys; sys.stdout.buffer.write({said!r})"
    path = tmp_path_factory.mktemp("fuzz") / "file"
    path.write_bytes(b"x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "COMMAND", (sys.executable, "-S", "-c", script))
        try:
            for called, _ in asyncio.run(taken(path, "a.zip")):
                assert ".." not in called.split("/")
        except UnreadableDocument as refusal:
            assert refusal.detail.removeprefix("a.zip cannot be read: ").strip()


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=8),
    st.just([]), st.just({}), st.lists(st.integers(-3, 99), max_size=4),
)  # fmt: skip


@tried(300)
@given(data=st.data())
def test_the_parent_takes_no_inconsistent_answer(data: st.DataObject) -> None:
    header, tail = wire.encoded(document())
    fields = json.loads(header)
    place, key = _somewhere(data, fields)
    place[key] = data.draw(VALUES)
    tail = data.draw(st.one_of(st.just(tail), harmed(tail)))
    try:
        found = wire.decoded(json.dumps(fields).encode(), tail)
    except ValueError:
        return
    for page in found.pages:
        assert isinstance(page.text, str)
        for run in page.runs:
            assert 0 <= run.start < run.end <= len(page.text)
            page.boxes(run.start, run.end)
    for block in found.blocks:
        assert isinstance(found.text_of(block), str)


def _somewhere(data: st.DataObject, fields: Any) -> tuple[Any, Any]:
    """A place in the header: what holds it, and its key there."""
    while True:
        keys = sorted(fields) if isinstance(fields, dict) else range(len(fields))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(fields[key], (dict, list)) or not fields[key] or data.draw(st.booleans()):
            return fields, key
        fields = fields[key]


@tried(200)
@given(data=st.binary(max_size=200))
def test_words_of_headers_and_rich_text_are_text_whatever_they_are_made_of(data: bytes) -> None:
    assert isinstance(words(data.decode("ascii", "surrogateescape")), str)
    assert isinstance(text_of_rtf(b"{\\rtf1 " + data), str)
    try:
        unpacked(b"\0\0\0\0\x40\0\0\0LZFu\0\0\0\0" + data)
    except UnreadableDocument as refusal:
        assert "damaged" in refusal.detail
