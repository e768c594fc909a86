from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from lionrock.kernel.egress import acting_for
from lionrock.kernel.egress import journal as module
from lionrock.kernel.egress.journal import OTHERS, Journal, shortened


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("a.example", "a.example"),
        ("engine.bank.example", "engine.bank.example"),
        ("secret.words.of.a.page.evil.example", "*.page.evil.example"),
        ("x" * 60 + ".example", "x" * 32 + ".example"),
        ("10.2.3.4", "10.2.3.4"),
        ("fd12::1", "fd12::1"),
        ("a\\@b\n/q=香港", "a??b??q???"),
    ],
)
def test_a_host_is_kept_short_and_plain(host: str, kept: str) -> None:
    assert shortened(host) == kept


def test_the_tenant_whose_work_it_was_is_kept() -> None:
    journal, tenant = Journal(), uuid4()
    token = acting_for.set(tenant)
    journal.refuse("a.example", 443)
    acting_for.reset(token)
    journal.refuse("a.example", 443)
    assert [a.tenant for a in journal.refused] == [tenant, None]


def test_what_is_taken_is_gone_and_what_is_given_back_is_there_again() -> None:
    journal = Journal()
    journal.refuse("a.example", 443)
    journal.refuse("a.example", 443)
    journal.open("b.example", 443)
    refused, opened = journal.take(opened=False)
    assert (list(refused.values()), opened) == ([2], {})
    assert not journal.take(opened=False)[0]
    journal.give_back(refused, opened)
    refused, opened = journal.take(opened=True)
    assert (list(refused.values()), list(opened.values())) == ([2], [1])
    assert sum(journal.refused.values()) == 2


def test_a_flood_of_hosts_is_bounded_and_none_goes_uncounted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    journal = Journal()
    for n in range(50):
        journal.refuse(f"h{n}.example", 443)
    refused, _ = journal.take(opened=False)
    assert len(refused) == 11
    assert sum(refused.values()) == 50
    assert sum(n for a, n in refused.items() if a.host == OTHERS) == 40


def test_threads_lose_no_count() -> None:
    journal = Journal()

    def work() -> None:
        for _ in range(500):
            journal.refuse("a.example", 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(journal.refused.values()) == 2000
