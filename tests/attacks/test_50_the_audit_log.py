"""Attack 50: the audit log rewritten, cut, forked or replayed; section 4 of the security note."""

from __future__ import annotations

import io
import json
import time

import pytest
from aiohttp import ClientSession

from lionrock.errors import NotVerified
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.verify import Trust, verify
from tests.attacks.doors import fetch
from tests.attacks.taken_apart import ROOT, named_in
from tests.matrix.world import World

SECTION_4 = (
    "truncated tail", "rewritten middle", "swapped entries", "fork", "replayed old checkpoint",
    "key rotation", "clock skew", "killed at", "concurrent writers", "disk full", "leaf over 64 kb",
    "by hand", "older copy", "flipped bit",
)  # fmt: skip


async def exported(client: ClientSession) -> tuple[bytes, Trust]:
    keys = json.loads((await fetch(client, "GET", "/v1/audit/keys")).text)["keys"]
    async with client.get("/v1/audit/export") as response:
        assert response.status == 200
        return await response.read(), Trust(time.time(), tuple(map(notes.parse_vkey, keys)))


async def test_an_export_over_http_verifies_with_nothing_but_itself_and_the_key(
    world: World, client: ClientSession
) -> None:
    sealed = json.loads((await fetch(client, "GET", "/v1/audit/state")).text)["size"]
    data, trust = await exported(client)
    report = verify(Tar(io.BytesIO(data)), trust)
    assert report.trusted and report.size >= max(sealed, 1)


@pytest.mark.parametrize("place", range(0, 100, 7))
async def test_one_flipped_bit_is_refused(client: ClientSession, place: int) -> None:
    data, trust = await exported(client)
    at = len(data) * place // 100
    changed = bytearray(data)
    changed[at] ^= 1
    with pytest.raises(NotVerified):
        verify(Tar(io.BytesIO(bytes(changed))), trust)


async def test_a_leaf_names_nobody_and_holds_no_content(
    world: World, client: ClientSession
) -> None:
    reply = await fetch(client, "GET", "/v1/audit/log/tile/entries/000.p/1")
    assert reply.status == 200
    for secret in world.ours.secrets():
        assert secret.decode() not in reply.text


async def test_the_log_of_one_tenant_is_not_served_to_another(
    world: World, client: ClientSession, intruder: ClientSession
) -> None:
    ours = await fetch(client, "GET", "/v1/audit/log/checkpoint")
    theirs = await fetch(intruder, "GET", "/v1/audit/log/checkpoint")
    assert ours.text.splitlines()[0] != theirs.text.splitlines()[0]


def test_every_attack_of_section_4_is_tried_in_its_room() -> None:
    rooms = (ROOT / "tests" / "kernel" / "audit").glob("test_*.py")
    names = " ".join(
        name.replace("_", " ") for room in rooms for name in named_in(f"kernel/audit/{room.stem}")
    )
    assert [what for what in SECTION_4 if what not in names] == []
