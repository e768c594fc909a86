from __future__ import annotations

import pytest

from lionrock.errors import SealBroken, VaultClosed
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.sequencer import State
from lionrock.web.banners import banners
from tests.web.client import Client
from tests.web.conftest import House


def test_a_house_in_order_says_nothing(house: House, actor: Actor) -> None:
    assert banners(house, actor) == []  # type: ignore[arg-type]
    assert banners(house, None) == []  # type: ignore[arg-type]


async def test_a_closed_vault_is_said_on_every_page_in_the_readers_language(
    reader: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise VaultClosed("The key source does not answer.")

    monkeypatch.setattr(house.vault, "key", closed)
    for path in ("/admin/purposes", "/nowhere"):
        text = (await reader.get(path, accept_language="en")).text
        assert "Sealed content cannot be opened." in text and "does not answer" in text, path
    assert "無法開啟已加密的內容。" in (await reader.get("/nowhere", accept_language="zh-HK")).text


def test_both_are_said_and_a_key_not_made_yet_is_no_fault(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise SealBroken("No key yet.")

    monkeypatch.setattr(house.vault, "key", missing)
    house.audit.sequencer.state = State("broken", "Event 3 is gone.")
    assert [b.name for b in banners(house, actor)] == ["read-only"]  # type: ignore[arg-type]
