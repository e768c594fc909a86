"""Exchanges take so much memory and no more, and one tenant half of it at most."""

from __future__ import annotations

from uuid import uuid4

from lionrock.gateway.exchanges.room import Room


def test_what_does_not_fit_is_not_taken() -> None:
    room, one, two, three = Room(100), uuid4(), uuid4(), uuid4()
    assert room.take(one, 50) and not room.take(one, 1), "half is one tenant's most"
    assert room.take(two, 40) and not room.take(three, 11)
    room.give(one, 50)
    assert room.take(three, 11) and room.held == 51


def test_what_is_given_back_leaves_nothing() -> None:
    room, one = Room(100), uuid4()
    for _ in range(10):
        assert room.take(one, 50)
        room.give(one, 50)
    assert room.held == 0 and not room._of
