"""Attack 16: SQL in the Authorization header, a key, a sort or filter, a path, a form, a file's name."""

from __future__ import annotations

import ast
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import ClientSession

import lionrock
from lionrock.doors import SESSION_COOKIE
from tests.attacks.doors import discard, fetch, upload
from tests.matrix.world import World

SOURCE = Path(lionrock.__file__).parent
OWN_WORDS = {
    "kernel/purposes.py": "the table is one of two, the columns are fields of the module's own models",
    "kernel/vault/upgrade.py": "the tables are named by a function of ours, and the owner runs it",
    "kernel/privacy/requests.py": "the columns are the module's own keyword arguments",
    "kernel/privacy/holds.py": "the table is looked up by the kind of a target, the column is one of two",
    "kernel/privacy/erasure_records.py": "a lock is asked for or not",
    "kernel/privacy/retention.py": "the table is one of three",
    "kernel/privacy/scanning.py": "the query is a constant of the room that asks",
    "kernel/privacy/corrections.py": "the column is one of two, by the type of the field",
    "screening/alerts/states.py": "the columns are named in the module",
    "screening/alerts/steps.py": "the columns are the module's own keyword arguments",
    "screening/personal/ageing.py": "the queries are constants of the module",
    "screening/personal/case_rows.py": "tables and columns are the module's own",
    "screening/personal/cases.py": "the tables are named in the module",
    "screening/registry/lists.py": "a lock is asked for or not",
    "screening/registry/rescreens.py": "the lock is one of two",
}
"""Modules that put a statement together from words of their own, and from what."""
INJECTIONS = (
    "' OR '1'='1", "'; DROP TABLE documents; --", "1); SELECT pg_sleep(10); --",
    "' UNION SELECT name FROM members --", "\\'; --", "$1", "$$", "%' --", "x' || current_user || '",
    "');SELECT set_config('lionrock.tenant','x',false);--", "{'$gt': ''}", "$.a[*] ? (@ > 0)", "\x00",
)  # fmt: skip


@pytest.mark.parametrize("sql", INJECTIONS)
async def test_sql_where_a_credential_goes_is_a_bad_credential(
    world: World, url: str, sql: str
) -> None:
    tenant = world.ours.actor.tenant_id.hex
    plain = sql.replace("\x00", "%00")
    for token in (plain, f"{tenant}.{plain}".ljust(90, "a"), f"{plain}.{'a' * 50}"):
        async with aiohttp.ClientSession(url) as session:
            bearer = {"Authorization": f"Bearer {token}"}
            assert (await fetch(session, "GET", "/v1/documents", headers=bearer)).status == 401
            cookie = {"Cookie": f"{SESSION_COOKIE}={quote(token)}"}
            assert (await fetch(session, "GET", "/v1/documents", headers=cookie)).status == 401
            form = {"token": token[:200]}
            assert (await fetch(session, "POST", "/sign-in", data=form)).status == 401


@pytest.mark.parametrize("sql", INJECTIONS)
async def test_sql_where_words_go_is_words(
    world: World, client: ClientSession, browser: ClientSession, sql: str
) -> None:
    before = await world.state()
    for params in ({"q": sql}, {"q": "x", "sort": sql, "order_by": sql, "filter": sql}):
        assert (await fetch(client, "GET", "/v1/search", params=params)).status == 200
    for params in ({"q": "x", "limit": sql}, {"q": ""}):
        assert (await fetch(client, "GET", "/v1/search", params=params)).status == 422
    path = f"/v1/documents/{quote(sql, safe='')}"
    assert (await fetch(client, "GET", path)).status in (404, 422)
    assert (await fetch(browser, "GET", f"/c/{quote(sql, safe='')}")).status == 404
    for params in ({"follow": f"{sql}/x"}, {"start": sql}):
        reply = await fetch(browser, "GET", "/documents/changes", params=params)
        assert reply.status in (200, 422)
    assert await world.state() == before


@pytest.mark.parametrize("sql", [i for i in INJECTIONS if "\x00" not in i])
async def test_sql_in_a_files_name_and_a_question_is_kept_as_text(
    world: World, client: ClientSession, sql: str
) -> None:
    added = await upload(client, f"{sql}.md", sql.encode())
    assert added.status == 202, added.text
    tables = await world.admin.fetchval(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'lionrock'"
    )
    await discard(client, added)
    asked = await fetch(client, "POST", "/v1/ask", json={"question": sql})
    assert asked.status == 200
    assert tables >= 12


async def test_a_question_with_a_zero_byte_is_refused_or_answered_but_no_fault(
    client: ClientSession,
) -> None:
    """PostgreSQL's text holds no zero byte."""
    for body in ({"question": "a\x00b"}, {"question": "\ud800 lone surrogate"}):
        reply = await fetch(client, "POST", "/v1/ask", json=body)
        assert reply.status in (200, 422), reply.text


def test_no_statement_is_put_together_from_values() -> None:
    """What is executed in the rooms is a constant, or a name that holds one."""
    calls = {
        "execute",
        "fetch",
        "fetchrow",
        "fetchval",
        "executemany",
        "prepare",
        "cursor",
        "copy_to_table",
    }
    made: list[str] = []
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if name == "kernel/migrate.py" or name in OWN_WORDS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                and node.func.attr in calls and node.args
                and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
                and not _constant(node.args[0])
            ):  # fmt: skip
                made.append(f"{name}:{node.lineno}")
    assert made == []


def _constant(node: ast.expr) -> bool:
    """Text and names of constants (in capitals) joined."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and _constant(node.left) and _constant(node.right)
    if isinstance(node, ast.JoinedStr):
        return all(_constant(value) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return _constant(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr.lstrip("_").isupper()
    if isinstance(node, ast.Name):
        return node.id.lstrip("_").isupper()
    return isinstance(node, ast.Constant)
