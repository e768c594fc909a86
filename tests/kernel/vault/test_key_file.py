from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from lionrock.errors import Conflict, VaultClosed
from lionrock.kernel.vault.key_file import KeyFile
from lionrock.kernel.vault.service import Vault

CONTEXT = b"tenant one"


def test_a_first_start_makes_a_key_that_only_the_owner_can_read(tmp_path: Path) -> None:
    made = Vault.open(tmp_path / "keys")
    path = tmp_path / "keys" / "vault.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    assert Vault.open(tmp_path / "keys").key_id == made.key_id


def test_a_named_key_file_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(VaultClosed, match=r"named\.key cannot be opened .*put it back"):
        Vault.open(tmp_path / "keys", key_file=tmp_path / "named.key")
    assert not (tmp_path / "named.key").exists()


def test_a_lost_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    from uuid import uuid4

    Vault.open(tmp_path / "keys").make(uuid4())
    (tmp_path / "keys" / "vault.key").unlink()
    with pytest.raises(VaultClosed, match="nothing that is kept here can be read"):
        Vault.open(tmp_path / "keys")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    Vault.open(tmp_path)
    (tmp_path / "vault.key").chmod(mode)
    with pytest.raises(VaultClosed, match="can be read by others: run chmod 600"):
        Vault.open(tmp_path)


@pytest.mark.parametrize("content", ["", "abc", "0" * 63, "0" * 66, "zz" * 32, "0" * 5000])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "vault.key"
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(VaultClosed, match="64 hexadecimal digits"):
        Vault.open(tmp_path)


def test_what_one_key_wrapped_another_does_not_unwrap(tmp_path: Path) -> None:
    one, other = KeyFile.make(tmp_path / "one"), KeyFile.make(tmp_path / "other")
    key = os.urandom(32)
    wrapped = one.wrap(key, CONTEXT)
    assert one.unwrap(wrapped, CONTEXT, one.key_id) == key
    with pytest.raises(VaultClosed, match=f"wrapped by the key {one.key_id}"):
        other.unwrap(wrapped, CONTEXT, one.key_id)
    with pytest.raises(VaultClosed, match="does not unwrap"):
        other.unwrap(wrapped, CONTEXT, other.key_id)


def test_a_wrapped_key_serves_its_own_context_only(tmp_path: Path) -> None:
    source = KeyFile.make(tmp_path / "key")
    wrapped = source.wrap(os.urandom(32), CONTEXT)
    with pytest.raises(VaultClosed):
        source.unwrap(wrapped, b"tenant two", source.key_id)


def test_a_folder_that_cannot_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = KeyFile.make(tmp_path / "key")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lionrock.kernel.disk.write", full)
    with pytest.raises(Conflict, match="No space left"):
        source.renew()
    assert KeyFile(tmp_path / "key").key_id == source.key_id
