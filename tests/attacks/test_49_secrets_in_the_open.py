"""Attack 49: a key, session, link or password in an address, a log, an error, an event or a file."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.settings import Settings
from tests.attacks.doors import fetch
from tests.conftest import _PASSWORD
from tests.matrix.surface import operations
from tests.matrix.world import World


async def test_no_credential_is_kept_as_it_is(world: World) -> None:
    """The database has hashes, and no table, log or event the token."""
    actor, database = world.ours.actor, world.house.database
    tokens = [
        await identity.issue(database, actor.tenant_id, actor.id, kind)
        for kind in ("key", "session", "link")  # type: ignore[misc]
    ]
    tables = await world.admin.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'lionrock'::regnamespace AND relkind = 'r'"
    )
    for table in tables:
        dump = await world.admin.fetchval(f"SELECT string_agg(t::text, '') FROM {table[0]} t") or ""
        for token in tokens:
            assert token not in dump and token.partition(".")[2] not in dump, table[0]


async def test_no_address_takes_a_credential() -> None:
    """Addresses end in histories, logs and Referer headers."""
    words = re.compile(r"token|secret|password|credential|api_?key|session", re.I)
    found = [
        f"{o.id} {slot}" for o in operations() for slot in o.slots
        if slot.where in ("path", "query") and words.search(slot.name[0].removesuffix("session_id"))
    ]  # fmt: skip
    assert found == []
    assert [o.id for o in operations() if "{token}" in o.path or "{secret}" in o.path] == []


async def test_a_sign_in_link_travels_in_the_fragment(client: ClientSession) -> None:
    """Browsers send no fragment: neither this server's log nor a proxy's has it."""
    reply = await fetch(client, "POST", "/v1/sign-in-links", json={})
    path = json.loads(reply.text)["path"]
    assert path.startswith("/sign-in#") and "?" not in path


@pytest.mark.parametrize("where", ["header", "cookie", "form"])
async def test_a_refused_credential_is_not_repeated(
    world: World, nobody: ClientSession, log: io.StringIO, where: str
) -> None:
    token = f"{world.ours.actor.tenant_id.hex}.{'Shamshuipo' * 5}"
    if where == "header":
        headers = {"Authorization": f"Bearer {token}"}
        reply = await fetch(nobody, "GET", "/v1/documents", headers=headers)
    elif where == "cookie":
        headers = {"Cookie": f"{SESSION_COOKIE}={token}"}
        reply = await fetch(nobody, "GET", "/documents", headers=headers)
    else:
        reply = await fetch(nobody, "POST", "/sign-in", data={"token": token})
    for told in (reply.text, str(reply.headers), log.getvalue()):
        assert "Shamshuipo" not in told


async def test_the_session_is_shown_to_the_browser_once_and_to_no_script(
    world: World, nobody: ClientSession
) -> None:
    token = await world.ours.link()
    reply = await fetch(nobody, "POST", "/sign-in", data={"token": token})
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    session = cookie.partition("=")[2].partition(";")[0]
    page = await fetch(nobody, "GET", "/", headers={"Cookie": f"{SESSION_COOKIE}={session}"})
    assert page.status == 200
    assert session not in page.text and token not in page.text


def test_settings_do_not_print_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIONROCK_ENGINE_KEY", "Shamshuipo")
    monkeypatch.setenv("LIONROCK_DATABASE_URL", "postgresql://u:Shamshuipo@127.0.0.1/x")
    assert "Shamshuipo" not in repr(Settings()) + str(Settings())


async def test_files_that_hold_secrets_are_their_owners_alone(world: World) -> None:
    keys = world.house.settings.home / "keys"
    for path in keys.rglob("*") if keys.is_dir() else ():
        assert not path.stat().st_mode & 0o077, path
    tracked = Path(__file__).parents[2]
    assert not (tracked / ".env").exists()


async def test_no_statement_that_runs_holds_a_password(world: World) -> None:
    """Who may see what runs on the server sees no secret in it."""
    running = await world.admin.fetch("SELECT query FROM pg_stat_activity")
    assert not any(_PASSWORD in (row[0] or "") for row in running)
