"""Checks of single values: each takes the value and the field's name, and raises InvalidInput."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lionrock.gateway.fields.kinds import Json, wrong

Check = Callable[[Any, str], None]


def anything(value: Any, field: str) -> None:
    """For fields that the endpoint's own code checks."""


def boolean(value: Any, field: str) -> None:
    if value is not True and value is not False:
        raise wrong(field, "must be true or false.")


def number(least: float, most: float) -> Check:
    def check(value: Any, field: str) -> None:
        if type(value) not in (int, float) or not least <= value <= most or math.isnan(value):
            raise wrong(field, f"must be a number from {least:g} to {most:g}.")

    return check


def integer(least: int, most: int) -> Check:
    def check(value: Any, field: str) -> None:
        if type(value) is not int or not least <= value <= most:
            raise wrong(field, f"must be a whole number from {least} to {most}.")

    return check


def text(most: int) -> Check:
    def check(value: Any, field: str) -> None:
        if type(value) is not str or not 0 < len(value) <= most:
            raise wrong(field, f"must be a string of 1 to {most} characters.")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, field: str) -> None:
        if type(value) is not str or value not in allowed:
            raise wrong(field, f"must be one of {', '.join(allowed)}.")

    return check


def only(constant: object, why: str) -> Check:
    """For a field that may say what holds anyhow, and nothing else."""

    def check(value: Any, field: str) -> None:
        if value != constant or type(value) is not type(constant):
            raise wrong(field, f"{why} Leave it out.")

    return check


def strings(most: int, length: int) -> Check:
    """A string, or a list of them."""

    def check(value: Any, field: str) -> None:
        listed = [value] if type(value) is str else value
        if type(listed) is not list or not 0 < len(listed) <= most:
            raise wrong(field, f"must be a string or a list of 1 to {most} strings.")
        if not all(type(each) is str and 0 < len(each) <= length for each in listed):
            raise wrong(field, f"each must be a string of 1 to {length} characters.")

    return check


def integers(most: int) -> Check:
    def check(value: Any, field: str) -> None:
        if type(value) is not list or len(value) > most:
            raise wrong(field, f"must be a list of at most {most} token ids.")
        if not all(type(each) is int and 0 <= each < 2**31 for each in value):
            raise wrong(field, "each must be a token id, a whole number from 0.")

    return check


def biases(value: Any, field: str) -> None:
    """`logit_bias`: token ids as keys, −100 to 100 as values; at most 300."""
    if type(value) is not dict or len(value) > 300:
        raise wrong(field, "must be an object of at most 300 token ids.")
    for token, bias in value.items():
        if not (token.isascii() and token.isdigit()) or type(bias) not in (int, float):
            raise wrong(field, "must map token ids, in digits, to numbers.")
        if not -100 <= bias <= 100:
            raise wrong(field, "each bias must be from -100 to 100.")


def keys(value: Any, field: str, allowed: frozenset[str]) -> Json:
    """`value` as an object that has none but these keys."""
    if type(value) is not dict:
        raise wrong(field, "must be an object.")
    if not value.keys() <= allowed:
        extra = min(value.keys() - allowed)
        raise wrong(
            f"{field}.{extra[:64]}",
            f"unknown here; known: {', '.join(sorted(allowed))}. Remove it.",
        )
    return value
