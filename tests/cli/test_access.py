"""Tenants, members and keys from the command line, of a server that runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("access")
    return {
        "LIONROCK_HOME": str(folder / "home"), "LIONROCK_CACHE": str(folder / "cache"),
        "LIONROCK_MODEL": "none", "LIONROCK_PORT": "0",
    }  # fmt: skip


@pytest.fixture(scope="module")
def server(settings: dict[str, str]) -> Iterator[None]:
    """`lionrock up` in another process, ready."""
    command = [sys.executable, "-c", "from lionrock.cli.main import main; main(['up', '--json'])"]
    # Buffered as on any machine: what `up` says must come through a pipe while it runs.
    environment = {**os.environ, **settings, "PYTHONUNBUFFERED": ""}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert running.stdout and running.stdout.readline()
    yield
    running.terminate()
    running.communicate(timeout=60)


@pytest.fixture(autouse=True)
def home(server: None, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def test_members_are_invited_given_roles_suspended_and_restored(call: Any) -> None:
    made = call("members", "add", "chan@bank.example", "--role", "analyst", "--role", "reviewer")
    assert "/invitation#" in made["invitation"] and made["invitation"].startswith("http://127")
    machine = call("members", "add", "nightly", "--service")
    assert call("members", "roles", "chan@bank.example", "auditor")["roles"] == ["auditor"]
    assert call("members", "suspend", "chan@bank.example")["state"] == "suspended"
    assert call("members", "restore", made["member_id"])["state"] == "active"
    listed = {m["id"]: m for m in call("members", "list")["members"]}
    assert listed[made["member_id"]]["roles"] == ["auditor"]
    assert listed[machine["member_id"]]["roles"] == ["service"]
    first = next(m for m in listed.values() if m["name"] == "Administrator")
    assert "yourself" in call("members", "suspend", first["id"], code=1)["error"]
    key = call(
        "keys", "add", "report", "--scope", "search:passage:read", "--owner", machine["member_id"]
    )
    assert {k["name"] for k in call("keys", "list")["keys"]} == {"command line", "report"}
    assert call("keys", "end", key["id"])["ended"] is True
    assert "no member nobody" in call("members", "suspend", "nobody", code=1)["error"]


def test_tenants_are_made_listed_and_suspended_by_the_operator(call: Any) -> None:
    made = call("tenants", "add", "Harbour Bank", "--email", "chan@bank.example")
    assert made["handle"] == "harbour-bank"
    assert [t["handle"] for t in call("tenants", "list")["tenants"]] == ["first", "harbour-bank"]
    assert call("tenants", "suspend", "harbour-bank")["state"] == "suspended"
    assert call("tenants", "restore", made["id"])["state"] == "active"
    assert "already" in call("tenants", "add", "Harbour Bank", "--email", "x@y.z", code=1)["error"]


def test_a_provider_is_added_with_its_secret_from_a_file_linked_and_removed(
    call: Any, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("open-sesame\n")
    staff = call("members", "add", "lee@bank.example", "--role", "analyst")["member_id"]
    made = call(
        "providers", "add", "Staff", "--issuer", "https://id.bank.example", "--client-id", "lionrock",
        "--redirect-uri", "https://lionrock.bank.example/sign-in/oidc/callback",
        "--secret-file", str(tmp_path / "secret"), "--role-claim", "groups", "--role", "aml=reviewer",
    )["id"]  # fmt: skip
    (listed,) = call("providers", "list")["providers"]
    assert (listed["has_secret"], listed["role_map"]) == (True, {"aml": "reviewer"})
    assert call("providers", "link", made, "staff-17", "lee@bank.example")["member"] == staff
    assert call("providers", "remove", made)["removed"] is True
    fault = call(
        "providers", "add", "Staff", "--issuer", "https://id.bank.example", "--client-id", "x",
        "--redirect-uri", "https://x.example/sign-in/oidc/callback", "--role", "nothing", code=2,
    )["error"]  # fmt: skip
    assert "VALUE=ROLE" in fault
