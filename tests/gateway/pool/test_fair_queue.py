from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.gateway.pool.fair_queue import FairQueue
from lionrock.gateway.pool.flows import PRIORITY_SECONDS


@dataclass(eq=False)
class Asked:
    tenant: str
    tokens: float = 100.0
    share: float = 1.0
    priority: int = 0
    since: float = 0.0


def drained(queue: FairQueue[Asked]) -> list[Asked]:
    found = []
    while (one := queue.pop()) is not None:
        found.append(one)
    return found


_TOKENS = st.integers(1, 5000).map(float)
_SHARES = st.sampled_from([0.5, 1.0, 2.0, 5.0])
_LINES = st.dictionaries(
    st.sampled_from("abcde"),
    st.tuples(_SHARES, st.lists(_TOKENS, min_size=1, max_size=30)),
    min_size=2,
)


@given(_LINES)
def test_tenants_who_wait_are_served_by_their_shares_within_the_bound_of_the_paper(
    lines: dict[str, tuple[float, list[float]]],
) -> None:
    queue: FairQueue[Asked] = FairQueue()
    for tenant, (share, lengths) in lines.items():
        for tokens in lengths:
            queue.add(Asked(tenant, tokens, share))
    left = {tenant: len(lengths) for tenant, (_, lengths) in lines.items()}
    served = dict.fromkeys(lines, 0.0)
    while all(left.values()):
        one = queue.pop()
        assert one is not None
        left[one.tenant] -= 1
        served[one.tenant] += one.tokens / one.share
        # Goyal, Vin and Cheng, theorem 1; shares of work begun, as several places are served.
        for a, b in combinations(lines, 2):
            bound = sum(max(lines[t][1]) / lines[t][0] for t in (a, b))
            assert abs(served[a] - served[b]) <= bound + 1e-6


@given(_LINES)
def test_everything_is_served_once_and_each_tenants_in_the_order_of_arrival(
    lines: dict[str, tuple[float, list[float]]],
) -> None:
    queue: FairQueue[Asked] = FairQueue()
    asked = [Asked(t, tokens, share) for t, (share, many) in lines.items() for tokens in many]
    for one in asked:
        queue.add(one)
    found = drained(queue)
    assert sorted(map(id, found)) == sorted(map(id, asked))
    for tenant in lines:
        assert [o for o in found if o.tenant == tenant] == [o for o in asked if o.tenant == tenant]
    assert len(queue) == 0 and queue.tokens == 0


@given(_LINES, st.data())
def test_who_leaves_the_line_is_not_served_and_the_rest_are_in_their_order(
    lines: dict[str, tuple[float, list[float]]], data: st.DataObject
) -> None:
    queue: FairQueue[Asked] = FairQueue()
    asked = [Asked(t, tokens, share) for t, (share, many) in lines.items() for tokens in many]
    gone = data.draw(st.sets(st.sampled_from(range(len(asked)))))
    for one in asked:
        queue.add(one)
    for place in gone:
        assert queue.discard(asked[place])
        assert not queue.discard(asked[place])
    stay = [one for place, one in enumerate(asked) if place not in gone]
    assert len(queue) == len(stay)
    assert queue.tokens == sum(one.tokens for one in stay)
    found = drained(queue)
    for tenant in lines:
        assert [o for o in found if o.tenant == tenant] == [o for o in stay if o.tenant == tenant]


def test_a_request_that_left_the_line_costs_its_tenant_nothing() -> None:
    queue: FairQueue[Asked] = FairQueue()
    huge = [Asked("a", tokens=1e9) for _ in range(3)]
    for one in huge:
        queue.add(one)
    for tenant in "aabb":
        queue.add(Asked(tenant))
    for one in huge:
        queue.discard(one)
    assert [o.tenant for o in drained(queue)] == ["a", "b", "a", "b"]


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=200))
def test_a_line_that_nobody_of_was_served_is_forgotten_when_all_have_left(
    tenants: list[str],
) -> None:
    queue: FairQueue[Asked] = FairQueue()
    asked = [Asked(t) for t in tenants]
    for one in asked:
        queue.add(one)
    for one in asked:
        queue.discard(one)
    assert queue.traces == 0


def test_ten_thousand_tenants_that_come_and_go_are_not_remembered() -> None:
    queue: FairQueue[Asked] = FairQueue(credit=1000)
    for n in range(10_000):
        queue.add(Asked("steady"))
        queue.add(Asked("steady"))
        queue.add(Asked(f"t{n}"))
        queue.pop()
        queue.pop()
    while queue.pop():
        pass
    assert queue.traces < 300


def test_one_who_comes_late_is_served_before_a_burst_that_came_earlier() -> None:
    queue: FairQueue[Asked] = FairQueue()
    for _ in range(1000):
        queue.add(Asked("burst"))
    for _ in range(10):
        queue.pop()
    queue.add(late := Asked("late"))
    assert late in [queue.pop(), queue.pop()]


@pytest.mark.parametrize("credit", [0, 1000])
def test_one_who_was_quiet_has_saved_up_the_credit_and_no_more(credit: float) -> None:
    queue: FairQueue[Asked] = FairQueue(credit)
    for _ in range(100):
        queue.add(Asked("busy"))
    for _ in range(50):
        queue.pop()
    for _ in range(100):
        queue.add(Asked("quiet"))
    found = [one.tenant for one in drained(queue)]
    ahead = int(credit / 100)
    assert found[1:ahead] == ["quiet"] * len(found[1:ahead])
    both = found[ahead + 1 : ahead + 41]
    assert 19 <= both.count("quiet") <= 21


def test_a_tenant_that_never_stops_coming_does_not_starve_a_large_request() -> None:
    queue: FairQueue[Asked] = FairQueue()
    queue.add(Asked("steady"))
    queue.add(large := Asked("large", tokens=1e6))
    found = []
    for _ in range(10):
        queue.add(Asked("steady"))
        found.append(queue.pop())
    assert large in found


def test_work_that_took_less_than_estimated_gives_the_tenant_its_turn_back() -> None:
    queue: FairQueue[Asked] = FairQueue()
    for tenant in ("modest", "plain"):
        for _ in range(3):
            queue.add(Asked(tenant, tokens=1000))
    queue.pop()
    queue.pop()
    queue.settle("modest", 1.0, 1000, 10)
    assert [o.tenant for o in (queue.pop(), queue.pop()) if o] == ["modest", "plain"]
    queue.settle("plain", 1.0, 1000, 9000)
    assert [o.tenant for o in drained(queue)] == ["modest", "plain"]


def test_credit_that_was_used_comes_back_only_as_others_are_served() -> None:
    queue: FairQueue[Asked] = FairQueue(credit=300)
    for _ in range(100):
        queue.add(Asked("busy"))
    for _ in range(20):
        queue.pop()
    order = ""
    for _ in range(2):
        for _ in range(3):
            queue.add(Asked("visitor"))
        order += "".join(one.tenant[0] for _ in range(3) if (one := queue.pop()))
    assert order == "vvv" + "vbv", "its credit, then turn by turn"


def test_a_debt_is_remembered_when_nothing_of_the_tenant_waits() -> None:
    queue: FairQueue[Asked] = FairQueue()
    queue.serve("debtor", 1.0, 100)
    queue.serve("other", 1.0, 100)
    queue.settle("debtor", 1.0, 100, 5000)
    queue.add(Asked("debtor"))
    queue.add(Asked("other"))
    assert [o.tenant for o in drained(queue)] == ["other", "debtor"]


def test_a_new_busy_period_forgets_debts() -> None:
    queue: FairQueue[Asked] = FairQueue()
    queue.serve("debtor", 1.0, 1e6)
    queue.idle()
    assert queue.traces == 0
    queue.add(Asked("debtor"))
    queue.add(Asked("other"))
    assert [o.tenant for o in drained(queue)] == ["debtor", "other"]


def test_priority_orders_a_tenants_own_and_nobody_elses() -> None:
    queue: FairQueue[Asked] = FairQueue()
    queue.add(Asked("a", priority=5))
    queue.add(urgent := Asked("a", priority=-5))
    queue.add(Asked("b", priority=100))
    found = drained(queue)
    assert found[0] is urgent
    assert [o.tenant for o in found] == ["a", "b", "a"]


def test_what_has_waited_long_enough_goes_before_what_is_more_urgent() -> None:
    queue: FairQueue[Asked] = FairQueue()
    queue.add(old := Asked("a", priority=1, since=0.0))
    queue.add(Asked("a", priority=0, since=PRIORITY_SECONDS + 1))
    assert queue.pop() is old


def test_what_is_ahead_counts_the_own_line_and_others_by_their_shares() -> None:
    queue: FairQueue[Asked] = FairQueue()
    for _ in range(1000):
        queue.add(Asked("burst"))
    assert queue.ahead("burst", 1.0, 100) == 100_000
    assert queue.ahead("other", 1.0, 100) == 100
    assert queue.ahead("other", 0.5, 100) == 200
    queue.add(Asked("other"))
    assert queue.ahead("other", 1.0, 100) == 100 + 200
