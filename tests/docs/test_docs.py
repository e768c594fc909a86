"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lionrock.cli.main import parser
from lionrock.kernel.actors import Role
from lionrock.kernel.events import Event
from lionrock.kernel.grants import GRANTS
from lionrock.kernel.permissions import Permission
from lionrock.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def rows(name: str) -> dict[str, str]:
    """First cell (in backquotes) of each table row, with the row."""
    found = re.findall(r"^\| `([^`]+)` .*$", (DOCS / name).read_text("utf-8"), re.MULTILINE)
    lines = (DOCS / name).read_text("utf-8").splitlines()
    return {key: next(line for line in lines if line.startswith(f"| `{key}`")) for key in found}


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(rows("settings.md")) == {f"LIONROCK_{n.upper()}" for n in Settings.model_fields}


def test_every_event_is_documented_and_no_other() -> None:
    assert set(rows("events.md")) == {e.value for e in Event}


def test_every_permission_is_documented_with_the_roles_that_hold_it() -> None:
    documented = rows("permissions.md")
    assert set(documented) == {p.value for p in Permission}
    for permission in Permission:
        cells = [c.strip() for c in documented[permission].split("|")[2 : 2 + len(Role)]]
        held = [permission in GRANTS[r] for r in sorted(Role)]
        assert [c == "✓" for c in cells] == held, permission


def test_every_command_is_documented_and_no_other() -> None:
    actions = next(a for a in parser()._actions if a.dest == "command")
    documented = {key.split()[1] for key in rows("commands.md")}
    assert documented == set(actions.choices or {})


@pytest.mark.parametrize("page", sorted(p.name for p in DOCS.glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", (DOCS / page).read_text("utf-8")):
        assert (DOCS / target).exists(), f"{page} links to {target}"
