"""JSON as RFC 8785 writes it: one value, one sequence of bytes, so that a hash of it means something."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_EXACT = 2**53
"""Integers beyond are not all IEEE 754 doubles, which is what RFC 8785 numbers are (section 3.2.2.3)."""


def canonical(value: Json) -> bytes:
    """`value` in UTF-8. `ValueError` for what I-JSON (RFC 7493) cannot hold: NaN, infinity, a lone
    surrogate, an integer beyond 2**53; `TypeError` for what is no JSON."""
    return _text(value).encode("utf-8")


def parse(text: str | bytes) -> Json:
    """JSON as Python values; whole numbers beyond 2**53 become the doubles they stand for.
    `ValueError` if it is malformed or nested too deep."""
    try:
        found: Json = json.loads(text, parse_int=_whole)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return found


def _whole(digits: str) -> int | float:
    number = int(digits)
    return number if abs(number) <= _EXACT else float(digits)


def _text(value: Json) -> str:
    if isinstance(value, str):
        # Escapes just what section 3.2.2.2 does, in the same letters.
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > _EXACT:
            raise ValueError("an integer beyond 2**53 has no canonical form")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=_utf16)
        return "{" + ",".join([f"{_text(k)}:{_text(v)}" for k, v in members]) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"{type(value).__name__} is not JSON")


def _utf16(member: tuple[str, Json]) -> bytes:
    """Names are sorted by their UTF-16 code units (section 3.2.3)."""
    if not isinstance(member[0], str):
        raise TypeError("a name in JSON is a string")
    return member[0].encode("utf-16-be")


def _number(value: float) -> str:
    """ECMA-262, Number::toString with radix 10: the shortest digits, laid out by their exponent."""
    if not math.isfinite(value):
        raise ValueError("NaN and infinity have no canonical form")
    if value == 0:
        return "0"
    if value < 0:
        return "-" + _number(-value)
    found = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, found.digits))
    assert isinstance(found.exponent, int), "it is finite"
    count, point = len(digits), len(digits) + found.exponent
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if count > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
