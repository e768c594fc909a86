"""Attacks on rooms that are not built yet: named, counted and shown, never passed over in silence."""

from __future__ import annotations

import pytest


def waiting(room: str, why: str) -> pytest.MarkDecorator:
    """Mark a test that cannot run before there is `room`, as `why` tells."""
    return pytest.mark.waits(room, why)
