"""The parts of an entity as JSON, and back: for what FollowTheMoney's model cannot hold."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from lionrock.errors import InvalidInput
from lionrock.screening import entities
from lionrock.screening.entities import Entity


def packed(value: Any) -> Any:
    """Dataclasses as objects without their defaults, tuples as lists, days as ISO 8601."""
    if isinstance(value, tuple):
        return [packed(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        found = {each.name: getattr(value, each.name) for each in fields(value)}
        defaults = {each.name: each.default for each in fields(value)}
        return {name: packed(each) for name, each in found.items() if each != defaults[name]}
    return value.isoformat() if isinstance(value, date) else value


def unpacked(detail: Mapping[str, Any]) -> dict[str, Any]:
    """An entity's fields from `packed` ones. Raises `InvalidInput` for anything else."""
    hints = _hints(Entity)
    try:
        return {name: _made(hints[name], value) for name, value in detail.items()}
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "An entity's “lionrock” part is not of its shape; leave it out."
        ) from error


def _made(hint: Any, value: Any) -> Any:
    if typing.get_origin(hint) is tuple:
        return tuple(_made(typing.get_args(hint)[0], each) for each in _expect(value, list))
    if isinstance(hint, types.UnionType):
        return None if value is None else _made(typing.get_args(hint)[0], value)
    if is_dataclass(hint):
        hints = _hints(typing.cast(Any, hint))
        parts = {name: _made(hints[name], each) for name, each in _expect(value, dict).items()}
        return typing.cast(Any, hint)(**parts)
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return _expect(value, hint)


def _expect(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind}")
    return value


@cache
def _hints(of: Any) -> dict[str, Any]:
    return typing.get_type_hints(of, vars(entities))
