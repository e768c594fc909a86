"""Reading a client's JSON strictly, and writing JSON. The only module that knows the JSON library.

The fast reader keeps the last of two equal keys and rounds integers beyond 64 bits, so one party
could read the body otherwise than the next. Written back, a body of a usual client is equal to
itself byte for byte, which proves that there was nothing of the kind; any other is read a second
time with the standard library, which shows every pair and number.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

import orjson

from lionrock.errors import InvalidInput, TooLarge
from lionrock.gateway.fields.kinds import Caps, Json

_INT64 = 2**63
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)


def read(body: bytes, caps: Caps) -> Json:
    """The object in `body`.

    TooLarge: more bytes than the cap. InvalidInput: not UTF-8 or not JSON (RFC 8259), not an
    object, a key twice in an object (RFC 7493, 2.3), NaN or Infinity, a number that JSON readers
    disagree on, nested too deeply, more values than the cap.
    """
    if len(body) > caps.body_bytes:
        raise TooLarge(
            f"The body has {len(body):,} bytes; at most {caps.body_bytes:,} are taken. "
            "Send less text, or fewer or smaller images."
        )
    if _parts(body) > caps.values and _more_than(caps.values, body):
        raise InvalidInput(f"The body has more than {caps.values:,} values. Send fewer.")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(
            f"The body is not JSON: {error.msg} at byte {error.pos}. "
            "Send one JSON object in UTF-8, without NaN or Infinity."
        ) from None
    if not isinstance(value, dict):
        raise InvalidInput("The body is not a JSON object. Send one, like {…}.")
    if body.count(b"{") + body.count(b"[") > caps.depth:
        _shallow(value, caps.depth)
    if orjson.dumps(value) != body:
        _unambiguous(body)
    return value


def write(value: object) -> bytes:
    return orjson.dumps(value)


def parse(raw: bytes | str) -> Any:
    """JSON of an engine: the last of equal keys counts. ValueError where it is not JSON."""
    return orjson.loads(raw)


def _parts(body: bytes) -> int:
    """Not fewer than the values in it. Everything waits while a body is read: a text of megabytes takes
    milliseconds, millions of small values take seconds."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _more_than(values: int, body: bytes) -> bool:
    rest, strings = _STRINGS.subn(b"", body, count=2 * values + 1)
    return strings > 2 * values or _parts(rest) > values


def _shallow(value: object, most: int) -> None:
    layer: list[object] = [value]
    for _ in range(most):
        inner: list[object] = []
        for each in layer:
            if isinstance(each, dict):
                inner.extend(v for v in each.values() if isinstance(v, dict | list))
            elif isinstance(each, list):
                inner.extend(v for v in each if isinstance(v, dict | list))
        if not inner:
            return
        layer = inner
    raise InvalidInput(f"The body is nested more than {most} deep. Make it flatter.")


def _unambiguous(body: bytes) -> None:
    try:
        json.loads(
            body,
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_constant,
        )
    except RecursionError:
        raise InvalidInput("The body is nested too deeply. Make it flatter.") from None
    except ValueError as error:
        raise InvalidInput(f"The body is not JSON: {error}.") from None


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(n for n, _ in pairs).items() if count > 1)
        raise InvalidInput(f"`{twice[:64]}`: given twice in one object. Send it once.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -_INT64 <= (value := int(digits)) < 2 * _INT64:
        raise InvalidInput(
            f"The number {digits[:24]}… does not fit in 64 bits. Send a smaller one."
        )
    return value


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise InvalidInput(f"The number {digits[:24]} is too large for a float.")
    return value


def _constant(name: str) -> NoReturn:
    raise InvalidInput(f"The body has {name}, which is not JSON. Send a number or null.")
