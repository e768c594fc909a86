"""Texts read as the capability reads them."""

from __future__ import annotations

import base64
from typing import Any

from lionrock.app import House
from lionrock.assist.sentiment.schemas import SentimentRequest, SentimentResult
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from tests.assist.sentiment.material import sheet


async def read(house: House, actor: Actor, **asked: Any) -> SentimentResult:
    request = SentimentRequest(**asked)
    run = await house.runs.begin(house.context(actor), find("sentiment"), request)
    last = [update async for update in run.follow()][-1]
    assert isinstance(last, SentimentResult)
    return last


def encoded(*rows: tuple[str, str]) -> bytes:
    return base64.b64encode(sheet(*rows, heads=("text", "when")))
