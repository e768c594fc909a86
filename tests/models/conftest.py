"""Fixtures for pulling weights from a hub on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from lionrock.kernel.egress import Gate
from lionrock.models import downloads, sources
from lionrock.models.registry import Registry
from lionrock.models.web import Web
from tests.models.fake_hub import FakeHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub that stands for Hugging Face, ModelScope and the package index."""
    fake = FakeHub()
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", fake.index)
    monkeypatch.setenv("HF_ENDPOINT", f"{fake.url}/hf")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", f"{fake.url}/ms")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(downloads, "BACKOFF_SECONDS", 0)
    yield fake
    fake.close()


@pytest.fixture
def quick_index(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's index without asking pip for it, which takes half a second."""

    def open_registry(egress: Gate | None) -> Registry:
        return Registry(Web(egress), (hub.index,))

    monkeypatch.setattr(sources, "open_registry", open_registry)
