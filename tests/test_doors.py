from __future__ import annotations

import pytest
from fastapi import Request

from lionrock.doors import SAFE_METHODS, same_origin
from lionrock.errors import Forbidden

HOST = "127.0.0.1:8470"
OURS, THEIRS = f"http://{HOST}", ("http://127.0.0.1:1", "https://elsewhere.example", "null")


def sent(method: str, **headers: str | None) -> Request:
    given = {"host": HOST, **headers}
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items() if v is not None]
    return Request({"type": "http", "method": method, "headers": raw})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("site", [None, "same-origin", "same-site", "cross-site", "none"])
def test_the_origin_tells_whether_another_site_sent_a_change(method: str, site: str | None) -> None:
    same_origin(sent(method, origin=OURS, sec_fetch_site=site))
    for origin in THEIRS:
        with pytest.raises(Forbidden):
            same_origin(sent(method, origin=origin, sec_fetch_site=site))


def test_without_an_origin_the_browsers_own_word_counts() -> None:
    same_origin(sent("POST"))
    same_origin(sent("POST", sec_fetch_site="same-origin"))
    for site in ("same-site", "cross-site", "none"):
        with pytest.raises(Forbidden):
            same_origin(sent("POST", sec_fetch_site=site))


@pytest.mark.parametrize("method", sorted(SAFE_METHODS))
def test_reading_is_open_to_a_link_from_another_site(method: str) -> None:
    same_origin(sent(method, origin=THEIRS[1], sec_fetch_site="cross-site"))
