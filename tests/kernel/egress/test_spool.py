from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from lionrock.kernel.egress import acting_for, spool
from lionrock.kernel.egress.journal import Journal


def test_what_a_command_did_is_recorded_by_the_next_server_once(tmp_path: Path) -> None:
    left, tenant = Journal(), uuid4()
    token = acting_for.set(tenant)
    left.refuse("evil.example", 443)
    acting_for.reset(token)
    left.open("hub.example", 443)
    left.open("hub.example", 443)
    spool.leave(left, tmp_path)
    assert (tmp_path / spool.NAME).stat().st_mode & 0o777 == 0o600
    collected = Journal()
    spool.collect(collected, tmp_path)
    refused, opened = collected.take(opened=True)
    assert [(a.host, a.tenant, n) for a, n in refused.items()] == [("evil.example", tenant, 1)]
    assert [(a.host, a.port, n) for a, n in opened.items()] == [("hub.example", 443, 2)]
    assert list(tmp_path.iterdir()) == []


def test_half_a_line_of_a_killed_command_loses_nothing_else(tmp_path: Path) -> None:
    left = Journal()
    left.open("hub.example", 443)
    spool.leave(left, tmp_path)
    with (tmp_path / spool.NAME).open("a") as file:
        file.write('{"what": "opened", "host": "hu')
    collected = Journal()
    spool.collect(collected, tmp_path)
    assert len(collected.take(opened=True)[1]) == 1


def test_nothing_done_leaves_nothing(tmp_path: Path) -> None:
    spool.leave(Journal(), tmp_path)
    spool.collect(Journal(), tmp_path)
    assert list(tmp_path.iterdir()) == []
