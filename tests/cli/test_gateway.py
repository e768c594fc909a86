"""Limits, budgets and usage from the command line, of a server that it starts for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lionrock.cli.main import run
from lionrock.cli.usage import _told


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(autouse=True)
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOME", home / "home"), ("CACHE", home / "cache"), ("MODEL", "none")):
        monkeypatch.setenv(f"LIONROCK_{name}", str(value))


def test_limits_and_budgets_are_set_listed_and_removed(
    call: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call(
        "limits", "set", "--at-once", "4", "--model", "small", "--window", "Mon-Fri 09:00-18:00"
    )  # fmt: skip
    (held,) = call("limits", "list")["limits"]
    assert (held["subject"]["kind"], held["limits"]["at_once"]) == ("tenant", 4)
    assert run(["limits", "list"]) == 0
    told = capsys.readouterr().out
    assert "4 calls at once" in told and "days 1-5 09:00-18:00" in told
    budget = call("budgets", "set", "250.50", "--period", "month", "--currency", "usd")
    assert run(["budgets", "list"]) == 0
    assert "USD 250.50: spent 0.00, reserved 0.00, left 250.50" in capsys.readouterr().out
    assert call("budgets", "remove", "--period", "month") == {**budget, "removed": True}
    assert "no such budget" in call("budgets", "remove", "--period", "day", code=1)["error"]
    assert call("limits", "remove")["removed"] is True
    assert call("limits", "list")["limits"] == []


def test_limits_of_a_member_are_the_members(call: Any) -> None:
    member = call("members", "add", "nightly", "--service")["member_id"]
    call("limits", "set", "--member", member, "--no-model")
    (held,) = call("limits", "list")["limits"]
    assert held["subject"] == {"kind": "member", "id": member} and held["limits"]["models"] == []
    call("limits", "remove", "--member", member)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["limits", "set", "--window", "whenever"], "1-5 09:00-18:00"),
        (["budgets", "set", "plenty", "--period", "day"], "An amount"),
        (["limits", "set", "--at-once", "0"], "at_once"),
        (["gateway", "set"], "--guard KIND=ACTION"),
        (["gateway", "set", "--guard", "hkid=burn"], "no action 'burn'"),
        (["gateway", "set", "--guard", "dna=off"], "no kind 'dna'"),
        (["tenants", "share", "first", "0"], "share"),
        (["usage", "--since", "2026-03-02", "--until", "2026-03-01"], "1 to 400 days"),
    ],
)
def test_a_wrong_call_is_said_to_be_one(call: Any, arguments: list[str], told: str) -> None:
    assert told in call(*arguments, code=2)["error"]


def test_the_policy_is_shown_and_changed_in_what_is_given(
    call: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["gateway", "show"]) == 0
    told = capsys.readouterr().out
    assert "hkid       mask" in told and "kept: metadata" in told
    assert "as every tenant starts" in told
    made = call("gateway", "set", "--guard", "all=refuse", "--guard", "email=off")
    guards = made["policy"]["guards"]
    assert (guards["email"], guards["hkid"], made["policy"]["retention"]) == (
        "off", "refuse", "metadata",
    )  # fmt: skip
    made = call("gateway", "set", "--retention", "none")
    assert made["policy"] == {"guards": guards, "retention": "none"} and made["version"] == 2
    assert run(["gateway", "set", "--guard", "email=mask"]) == 0
    assert "version 3" in capsys.readouterr().out


def test_a_tenants_share_is_set_and_shown(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("tenants", "share", "first", "2.5")["share"] == 2.5
    assert call("gateway", "show")["share"] == 2.5
    assert run(["tenants", "list"]) == 0
    assert "share 2.5" in capsys.readouterr().out


def test_usage_is_told_by_what_was_asked_for(call: Any) -> None:
    assert call("usage", "--by", "day", "--by", "model")["lines"] == []
    line = {
        "model": "small", "key": None, "calls": 1200, "failed": 2, "tokens_in": 3, "tokens_out": 4,
        "currency": "HKD", "cost": 1_500_000,
    }  # fmt: skip
    assert _told(line, ["model", "key"]) == (
        "small  –  1,200 calls, 2 failed, 3 tokens in, 4 out, HKD 1.50"
    )
