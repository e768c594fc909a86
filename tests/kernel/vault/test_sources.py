from __future__ import annotations

import sys
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.errors import SealBroken, VaultClosed
from lionrock.kernel.vault.service import Vault

PLUG_IN = """
class Source:
    key_id = "kms:1"
    broken = False
    def __init__(self, folder): self.folder = folder
    def wrap(self, key, context): return bytes(b ^ 7 for b in key)
    def unwrap(self, wrapped, context, key_id):
        if Source.broken: raise RuntimeError("secret of the system")
        return bytes(b ^ 7 for b in wrapped)
    def renew(self): return False
    def retired(self): return None

def fails(folder): raise ConnectionError("secret of the system")
def nothing(folder): return object()
"""
ENTRIES = """[lionrock.key_sources]
house-kms = plug_in_of_a_test:Source
failing = plug_in_of_a_test:fails
empty = plug_in_of_a_test:nothing
absent = plug_in_that_is_not_there:Source
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with key sources, installed for one test."""
    site = tmp_path / "site"
    described = site / "plug_in_of_a_test-1.0.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: plug-in-of-a-test\nVersion: 1.0\n"
    )
    (described / "entry_points.txt").write_text(ENTRIES)
    (site / "plug_in_of_a_test.py").write_text(PLUG_IN)
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "plug_in_of_a_test", raising=False)


def test_an_installed_source_wraps_the_tenants_keys_and_no_file_is_made(tmp_path: Path) -> None:
    tenant = uuid4()
    sealed = Vault.open(tmp_path, source="house-kms").seal_text(tenant, "t", "r", "c", "text")
    again = Vault.open(tmp_path, source="house-kms")
    assert again.open_text(tenant, "t", "r", "c", sealed) == "text"
    assert again.status().key_id == "kms:1"
    assert not (tmp_path / "vault.key").exists()


def test_a_source_that_fails_closes_the_vault_and_its_words_stay_away(tmp_path: Path) -> None:
    tenant = uuid4()
    sealed = Vault.open(tmp_path, source="house-kms").seal_text(tenant, "t", "r", "c", "text")
    vault = Vault.open(tmp_path, source="house-kms")
    type(vault._source).broken = True  # type: ignore[attr-defined]
    for attempt in (
        lambda: vault.open_text(tenant, "t", "r", "c", sealed),
        lambda: vault.seal_text(tenant, "t", "r", "c", "text"),
        vault.unlock,
    ):
        with pytest.raises(VaultClosed, match="RuntimeError") as refused:
            attempt()
        assert "secret" not in refused.value.detail


@pytest.mark.parametrize("name", ["failing", "empty", "absent"])
def test_a_source_that_does_not_open_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(VaultClosed, match=name) as refused:
        Vault.open(tmp_path, source=name)
    assert "secret" not in refused.value.detail


@pytest.mark.parametrize("name", ["os:system", "plug_in_of_a_test:Source", "unknown", ""])
def test_only_the_name_of_an_installed_source_is_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(VaultClosed, match=r"no installed package registers.*file, .*house-kms"):
        Vault.open(tmp_path, source=name)


def test_a_source_that_gives_back_another_key_opens_nothing(tmp_path: Path) -> None:
    tenant = uuid4()
    vault = Vault.open(tmp_path, source="house-kms")
    sealed = vault.seal_text(tenant, "t", "r", "c", "text")
    again = Vault.open(tmp_path, source="house-kms")
    again._source.unwrap = lambda wrapped, context, key_id: bytes(32)  # type: ignore[method-assign]
    with pytest.raises(SealBroken):
        again.open_text(tenant, "t", "r", "c", sealed)
