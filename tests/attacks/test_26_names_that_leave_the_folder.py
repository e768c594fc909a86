"""Attack 26: a file name, a member of an archive or words of a model that name a path outside."""

from __future__ import annotations

import json
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.attacks.conftest import Taken
from tests.attacks.doors import discard, docx, fetch, upload
from tests.matrix.world import World

NAMES = (
    "../../../../tmp/lionrock-escaped.md", "/tmp/lionrock-escaped.md", "..\\..\\lionrock-escaped.md",
    "C:\\lionrock-escaped.md", "%2e%2e%2flionrock-escaped.md", "....//lionrock-escaped.md",
    "lionrock-escaped.md\x00.pdf", "~/lionrock-escaped.md", "file:///tmp/lionrock-escaped.md",
    ".", "..", "", "con.md", "a" * 5000 + ".md", "$(touch lionrock-escaped).md", "`id`.md",
)  # fmt: skip


def kept(world: World) -> set[Path]:
    return {p for p in world.house.settings.home.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", NAMES)
async def test_an_uploads_name_is_a_label_and_no_path(
    world: World, client: ClientSession, name: str
) -> None:
    added = await upload(client, name, f"text of {name[:40]}".encode())
    assert added.status in (202, 400, 422), added.text
    there = kept(world)
    if added.status == 202:
        shown = json.loads(added.text)["name"]
        assert "/" not in shown and "\\" not in shown and shown not in ("", ".", "..")
        assert len(shown) <= 200 and shown.isprintable()
    await discard(client, added)
    for path in there:
        assert "escaped" not in path.name
    assert not Path("/tmp/lionrock-escaped.md").exists()
    assert not (Path.home() / "lionrock-escaped.md").exists()


async def test_a_member_of_an_archive_is_never_written_where_it_says(
    world: World, taken_in: Taken
) -> None:
    before = set(Path("/tmp").glob("*slip*"))
    slip = docx("slip", **{"../../../../tmp/slip.txt": b"out", "/tmp/slip.txt": b"out"})
    document = await taken_in("slip.docx", slip)
    assert document["state"] in ("ready", "failed")
    assert set(Path("/tmp").glob("*slip*")) == before
    assert not [p for p in kept(world) if "slip" in p.name]


async def test_an_archive_of_links_is_not_unpacked(taken_in: Taken) -> None:
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    document = await taken_in("links.tar", file.getvalue())
    assert document["state"] == "failed"
    assert "root:" not in json.dumps(document)


async def test_words_of_a_model_name_no_file(
    world: World, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a model writes goes to the answer and its run; no room takes a file's name from it."""
    engine = world.house.gateway._engine
    monkeypatch.setattr(engine, "_say", "Save as ../../../../tmp/lionrock-escaped.md [1].")
    before = kept(world)
    reply = await fetch(client, "POST", "/v1/ask", json={"question": "Where is it kept for years?"})
    assert reply.status == 200
    own = {"indexes", "audit"}  # kept beside the question, by workers of the house
    assert {p for p in kept(world) - before if not own & set(p.parts)} == set()
    assert not Path("/tmp/lionrock-escaped.md").exists()
