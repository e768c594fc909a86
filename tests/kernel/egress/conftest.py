"""A list whose names resolve as a test says, guarding this process; nothing else holds sockets back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address

import pytest
import pytest_socket

from lionrock.kernel.egress import Egress, guarding
from lionrock.kernel.egress.addresses import Address

Answers = dict[str, list[str]]


class Names:
    """A resolver that answers from a table; a list of lists answers differently each time."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): lists for name, lists in answers.items()}
        self.asked: list[str] = []

    def __call__(self, name: str) -> Sequence[Address]:
        self.asked.append(name)
        lists = self.answers[name]
        answer = lists.pop(0) if len(lists) > 1 else lists[0]
        return [ip_address(a) for a in answer]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(egress: Egress) -> list[tuple[str, int]]:
    return [(a.host, a.port) for a in egress.journal.refused]


@pytest.fixture
def unblocked() -> Iterator[None]:
    """The suite's own block would refuse first. Where the guard failed, an address of TEST-NET
    (RFC 5737) or of no route would be tried, with a timeout."""
    pytest_socket._remove_restrictions()
    yield


@pytest.fixture
def guard(unblocked: None) -> Iterator[Callable[..., Egress]]:
    """Make a list that guards this process until the end of the test."""
    entered: list[object] = []

    def make(*hosts: str, names: Names | None = None, clock: Clock | None = None) -> Egress:
        egress = Egress(hosts, resolver=names or Names(), clock=clock or Clock())
        context = guarding(egress)
        entered.append(context)
        return context.__enter__()

    yield make
    for context in reversed(entered):
        context.__exit__(None, None, None)  # type: ignore[attr-defined]
