from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from pydantic import BaseModel

from lionrock.errors import NotFound
from lionrock.kernel import capabilities as module
from lionrock.kernel.capabilities import (
    Progress,
    Result,
    Risk,
    RunContext,
    capabilities,
    capability,
    find,
)
from lionrock.kernel.permissions import Permission


class Sum(BaseModel):
    values: list[int]


class Total(Result):
    template: ClassVar[str] = ""
    total: int


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_declared", dict(module._declared))


async def add_up(run: RunContext, request: Sum) -> AsyncIterator[Progress | Total]:
    """Add numbers.

    More about it.
    """
    yield Total(total=sum(request.values))


def declare(id: str) -> None:
    capability(id=id, risk=Risk.LOW, permission=Permission.ASSIST_ASK_RUN)(add_up)


def test_a_declaration_tells_its_request_result_and_summary() -> None:
    declare("test.add")
    found = find("test.add")
    assert (found.request, found.result) == (Sum, Total)
    assert (found.room, found.name, found.summary) == ("test", "add", "Add numbers.")
    assert find("add") is found
    assert found in capabilities()


def test_an_id_is_declared_once() -> None:
    declare("test.add")
    with pytest.raises(ValueError, match="twice"):
        declare("test.add")


def test_a_capability_names_exactly_one_result() -> None:
    async def nothing(run: RunContext, request: Sum) -> AsyncIterator[Progress]:
        yield Progress(stage="x")

    with pytest.raises(TypeError, match="exactly one Result"):
        capability(id="test.none", risk=Risk.LOW, permission=Permission.ASSIST_ASK_RUN)(nothing)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(NotFound, match=r"assist\.ask"):
        find("fly")
