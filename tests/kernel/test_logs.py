from __future__ import annotations

import io
import logging

import asyncpg
import pytest

from lionrock.errors import InvalidInput
from lionrock.kernel.logs import ContentFreeFormatter

SECRET = "Chan Tai Man, A123456(3)"


def logged(error: BaseException | None = None, message: str = "it failed", *args: object) -> str:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(ContentFreeFormatter())
    log = logging.Logger("trial")
    log.addHandler(handler)
    log.error(message, *args, exc_info=error)
    return told.getvalue()


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def test_an_exceptions_words_are_left_out_and_its_place_is_told() -> None:
    text = logged(raised(ValueError(f"could not parse {SECRET}")))
    assert SECRET not in text
    assert "builtins.ValueError" in text and "test_logs.py" in text and "in raised" in text


def test_what_postgresql_quotes_of_a_row_is_left_out() -> None:
    error = asyncpg.UniqueViolationError(f"duplicate key\nDETAIL: ({SECRET}) exists")
    text = logged(raised(error))
    assert SECRET not in text and "SQLSTATE 23505" in text


def test_an_error_of_ours_is_told_in_its_words() -> None:
    assert "There is no such file." in logged(raised(InvalidInput("There is no such file.")))


@pytest.mark.parametrize("cause", ["from", "while", "group"])
def test_what_an_error_came_from_is_told_without_its_words_too(cause: str) -> None:
    def fail() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            if cause == "from":
                raise RuntimeError(SECRET) from first
            if cause == "while":
                raise RuntimeError(SECRET)  # noqa: B904
            raise ExceptionGroup(SECRET, [first, OSError(SECRET)]) from None

    with pytest.raises((RuntimeError, ExceptionGroup)) as caught:
        fail()
    text = logged(caught.value)
    assert SECRET not in text and "KeyError" in text


def test_a_message_is_one_line_without_controls() -> None:
    text = logged(None, "GET %s failed", "/x\nERROR forged\x1b[2J\u202e")
    assert text == "ERROR trial: GET /x\\nERROR forged\\x1b[2J\\u202e failed\n"
