"""45: the copy of an access request holds the one person's data and nobody else's, in no layer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from lionrock.errors import Conflict
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.request_models import RequestKind
from tests.building import house_of, taught
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN, LEE, LEES, TWO_PEOPLE, officers


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    administrator, pair = await officers(database)
    async with house_of(database, administrator, tmp_path) as house:
        yield Office(house, administrator, pair)


async def reviewed(office: Office, review: Review) -> UUID:
    officer = office.officer
    subject = await office.privacy.subjects.add(officer, CHAN)
    request = await office.privacy.requests.receive(
        officer, subject, RequestKind.ACCESS, received_on=date(2026, 11, 1)
    )
    await office.privacy.findings.search(officer, request)
    for finding in await office.privacy.findings.listing(officer, request):
        await office.privacy.findings.review(officer, request, finding.id, review)
    return request


async def copied(office: Office, review: Review) -> dict[str, bytes]:
    request = await reviewed(office, review)
    await office.privacy.packages.make(office.officer, request)
    packed = zipfile.ZipFile(io.BytesIO(await office.privacy.packages.get(office.officer, request)))
    return {name: packed.read(name) for name in packed.namelist()}


def everything(files: dict[str, bytes]) -> bytes:
    return b"\n".join([*files.values(), *(n.encode() for n in files)])


@pytest.mark.parametrize("whole", [False, True], ids=["paragraphs", "whole pages"])
@pytest.mark.parametrize("known", [False, True], ids=["she is unknown here", "she is known here"])
async def test_of_two_people_on_a_page_only_the_one_who_asked_is_in_the_copy(
    office: Office, whole: bool, known: bool
) -> None:
    if known:
        await office.privacy.subjects.add(office.officer, LEE)
    await taught(office.house, office.administrator, "李美玲女士.md", TWO_PEOPLE)
    named = [] if known else ["李美玲", "LEE Mei Ling"]
    files = await copied(office, Review(decision="redact", whole=whole, others=named))
    data = everything(files)
    for word in LEES:
        assert word.encode() not in data, word
        assert word.encode("utf-16-be") not in data
    text = next(d for n, d in files.items() if "page" in n and n.endswith(".txt")).decode()
    assert "陳大文" in text
    assert "A123456(3)" in text
    assert "9123 4567" in text


async def test_pictures_hold_no_pixel_of_what_is_black(office: Office) -> None:
    """Two files alike but for her words: blacked out, their pictures are the same to the pixel."""
    hers = "# F\n\nCustomer 陳大文 came with 李美玲 today."
    others = "# F\n\nCustomer 陳大文 came with 歐陽詠 today."
    pictures = []
    for name, text in (("a.md", hers), ("b.md", others)):
        await taught(office.house, office.administrator, name, text)
    named = ["李美玲", "歐陽詠"]
    for whole in (False, True):
        files = await copied(office, Review(decision="redact", others=named, whole=whole))
        found = [d for n, d in files.items() if n.endswith(".png")]
        assert len(found) == 2
        pictures.append([Image.open(io.BytesIO(d)) for d in found])
    for first, second in pictures:
        assert first.tobytes() == second.tobytes()
        assert first.info.keys() <= {"dpi"}
        assert len(set(first.convert("L").get_flattened_data())) > 2


async def test_pictures_have_no_text_beneath(office: Office) -> None:
    await taught(office.house, office.administrator, "customers.md", TWO_PEOPLE)
    files = await copied(office, Review(decision="redact", others=["李美玲", "LEE Mei Ling"]))
    kinds = {n.rpartition(".")[2] for n in files}
    assert kinds == {"txt", "png", "csv", "json", "html"}
    for data in (d for n, d in files.items() if n.endswith(".png")):
        assert data.startswith(b"\x89PNG")
        assert not {b"tEXt", b"zTXt", b"iTXt", b"eXIf"} & {
            data[i : i + 4] for i in range(len(data))
        }


async def test_whoever_is_known_and_still_in_it_stops_the_package(office: Office) -> None:
    await office.privacy.subjects.add(office.officer, LEE)
    await taught(office.house, office.administrator, "customers.md", TWO_PEOPLE)
    request = await reviewed(office, Review(decision="include"))
    from lionrock.kernel.privacy import redaction

    blind = pytest.MonkeyPatch()
    with blind.context() as patch:
        patch.setattr(redaction.Redactor, "spans", lambda self, text: [])
        with pytest.raises(Conflict, match="somebody else"):
            await office.privacy.packages.make(office.officer, request)
    assert (await office.privacy.requests.get(office.officer, request)).package_sha256 is None


async def test_a_table_in_the_copy_runs_no_formula(office: Office) -> None:
    await taught(office.house, office.administrator, "=HYPERLINK(1).md", TWO_PEOPLE)
    files = await copied(office, Review(decision="redact", others=["李美玲", "LEE Mei Ling"]))
    cells = files["index.csv"].decode("utf-8-sig").replace("\n", ",").split(",")
    assert not [c for c in cells if c.lstrip('"')[:1] in tuple("=+-@")]


async def test_no_name_in_the_archive_is_a_persons_or_a_path(office: Office) -> None:
    await taught(office.house, office.administrator, "..／..／etc／陳大文.md", TWO_PEOPLE)
    files = await copied(office, Review(decision="redact", others=["李美玲", "LEE Mei Ling"]))
    assert all(set(n) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for n in files)
    assert not any(n.startswith(".") or ".." in n for n in files)
