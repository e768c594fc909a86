"""A new key for the source: every tenant's key wrapped anew, no content touched."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.errors import Conflict, VaultClosed
from lionrock.kernel import disk
from lionrock.kernel.vault.service import Vault

TENANTS = [uuid4() for _ in range(3)]


@pytest.fixture
def sealed(vault: Vault) -> dict[UUID, bytes]:
    return {t: vault.seal_text(t, "t", "r", "c", f"text of {t}") for t in TENANTS}


def opens(folder: Path, sealed: dict[UUID, bytes]) -> bool:
    vault = Vault.open(folder / "keys")
    vault.unlock()
    return all(vault.open_text(t, "t", "r", "c", s) == f"text of {t}" for t, s in sealed.items())


def test_after_a_rotation_the_key_before_is_needed_no_more(
    vault: Vault, tmp_path: Path, sealed: dict[UUID, bytes]
) -> None:
    before = (vault.key_id, {p: p.read_bytes() for p in tmp_path.rglob("*/tenant/*.key")})
    done = Vault.open(tmp_path / "keys").rotate()
    assert (done.rewrapped, done.tenants) == (3, 3)
    assert len(before[1]) == 3 and done.key_id != before[0]
    assert before[1] == {p: p.read_bytes() for p in tmp_path.rglob("*/tenant/*.key")}
    assert done.retired is not None
    Path(done.retired).unlink()
    assert opens(tmp_path, sealed)
    assert Vault.open(tmp_path / "keys").status().behind == 0


def test_a_second_rotation_waits_until_the_key_before_is_destroyed(
    vault: Vault, tmp_path: Path, sealed: dict[UUID, bytes]
) -> None:
    done = Vault.open(tmp_path / "keys").rotate()
    with pytest.raises(Conflict, match="shred"):
        Vault.open(tmp_path / "keys").rotate()
    assert done.retired is not None
    Path(done.retired).unlink()
    assert Vault.open(tmp_path / "keys").rotate().rewrapped == 3
    assert opens(tmp_path, sealed)


@pytest.mark.parametrize("step", range(1, 21))
def test_killed_anywhere_nothing_is_lost_and_the_next_call_finishes(
    vault: Vault, tmp_path: Path, sealed: dict[UUID, bytes],
    monkeypatch: pytest.MonkeyPatch, step: int,
) -> None:  # fmt: skip
    """Each new file is three steps: written beside, put in place, its folder synced."""
    calls = 0
    with monkeypatch.context() as patched:
        for name in ("_beside", "sync_folder"):
            whole = getattr(disk, name)

            def dying(*arguments: object, whole=whole) -> object:  # type: ignore[no-untyped-def]
                nonlocal calls
                calls += 1
                if calls == step:
                    raise KeyboardInterrupt
                result = whole(*arguments)
                calls += 1
                if calls == step:
                    raise KeyboardInterrupt
                return result

            patched.setattr(disk, name, dying)
        with pytest.raises(KeyboardInterrupt):
            Vault.open(tmp_path / "keys").rotate()
    assert opens(tmp_path, sealed), "nothing may be lost in between"
    again = Vault.open(tmp_path / "keys")
    again.unlock()
    try:
        retired = again.rotate().retired
    except Conflict:
        retired = again.status().retired
    assert again.status().behind == 0
    if retired:
        Path(retired).unlink()
    assert opens(tmp_path, sealed)


def test_the_key_before_alone_opens_nothing_any_more(
    vault: Vault, tmp_path: Path, sealed: dict[UUID, bytes]
) -> None:
    done = Vault.open(tmp_path / "keys").rotate()
    assert done.retired is not None
    Path(done.retired).replace(tmp_path / "keys" / "vault.key")
    with pytest.raises(VaultClosed, match="wrapped by the key"):
        opens(tmp_path, sealed)
