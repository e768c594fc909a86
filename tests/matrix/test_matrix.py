"""Every route against everyone who must not get in: the same answer as where nothing is, and no trace."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from lionrock.kernel.actors import NOBODY, Actor, ActorKind, Role
from lionrock.kernel.decisions import Resource, decide
from lionrock.kernel.grants import GRANTS
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.secrets import token_hash
from tests.matrix.calling import Reply, Sent
from tests.matrix.recipe import Recipe
from tests.matrix.recipes import OTHERS, RECIPES
from tests.matrix.surface import Operation, Slot, operations, others
from tests.matrix.world import World

DEAD = ("unknown", "suspended", "expired", "ended")

each_route = pytest.mark.parametrize("operation", operations(), ids=lambda o: o.id)


def recipe_of(operation: Operation) -> Recipe:
    if operation.id not in RECIPES:
        pytest.fail(
            f"{operation.id} is not in the matrix. Add it to RECIPES in tests/matrix/recipes.py: a "
            f"function that makes a request its administrator may make, filling {slots_of(operation)}, "
            "and the permission it needs (or why it needs none)."
        )
    return RECIPES[operation.id]


def slots_of(operation: Operation) -> str:
    return ", ".join(map(str, operation.slots)) or "no ids"


def absent(operation: Operation, sent: Sent) -> list[tuple[Slot, str, str]]:
    """Each slot of the route, what is in it, and an id that never was, one bit away from it."""
    filled(operation, sent)
    made = [(slot, sent.at(slot.where, slot.name)) for slot in operation.slots]
    return [
        *((slot, value, str(UUID(int=UUID(value).int ^ 1))) for slot, value in made),
        *((s, sent.at(s.where, s.name), nothing) for s, nothing in recipe_of(operation).more),
    ]


def without(sent: Sent, operation: Operation) -> Sent:
    """The request with no id in it that is anything's."""
    for slot, _, nothing in absent(operation, sent):
        sent = sent.having(slot.where, slot.name, nothing)
    return sent


def told(value: str) -> tuple[str, str]:
    """What of a slot's value an answer may repeat: all, or the id it begins with."""
    return value, value.partition("/")[0]


def _sent(operation: Operation, sent: Sent) -> list[str]:
    return [word for value in filled(operation, sent) for word in told(value)]


def filled(operation: Operation, sent: Sent) -> list[str]:
    """What the caller put into the slots. A recipe that leaves one empty fails here."""
    values = []
    slots = [*operation.slots, *(slot for slot, _ in recipe_of(operation).more)]
    for slot in slots:
        try:
            values.append(sent.at(slot.where, slot.name))
        except (KeyError, IndexError, TypeError):
            pytest.fail(f"the recipe of {operation.id} leaves {slot} empty: fill it")
    return values


def may(actor: Actor, needs: P) -> bool:
    """On what someone else made: judging is of another's work, and asks who made it."""
    somebodys = Resource(actor.tenant_id, created_by=frozenset({uuid4()}))
    return bool(decide(actor, needs, somebodys))


def test_the_table_has_a_row_for_every_route_and_no_other() -> None:
    known = {o.id for o in operations()}
    assert known - RECIPES.keys() == set(), "add them to RECIPES in tests/matrix/recipes.py"
    assert RECIPES.keys() - known == set(), "these routes are gone: take them out of RECIPES"
    assert others() == OTHERS.keys(), "say in OTHERS why it needs no row, or make it a route"


def test_a_row_says_who_may() -> None:
    unsaid = [
        name for name, row in RECIPES.items()
        if sum(map(bool, (row.needs, row.open, row.everyone, row.by_role))) != 1
    ]  # fmt: skip
    assert unsaid == [], "each needs one of: needs, open, everyone, by_role"


@each_route
async def test_who_holds_the_permission_may(world: World, operation: Operation) -> None:
    """Else a refusal below would prove nothing."""
    recipe = recipe_of(operation)
    sent = await recipe.make(world.ours)
    filled(operation, sent)
    actor = await world.who_may(recipe.needs)
    token = await world.credential(operation, actor, session=recipe.session)
    reply = await world.send(operation, sent, token, session=recipe.session)
    if recipe.answers:
        assert reply.status == recipe.answers, reply.body
    else:
        assert reply.status < 400, reply.body


@each_route
async def test_another_tenants_administrator_finds_nothing(
    world: World, operation: Operation
) -> None:
    """In each slot in turn, an id of ours in a request that is otherwise theirs."""
    recipe, them = recipe_of(operation), world.theirs.actor
    ours, theirs = await recipe.make(world.ours), await recipe.make(world.theirs)
    token = await world.credential(operation, them, session=recipe.session)
    before = await world.state()
    for slot, value, nothing in absent(operation, ours):
        replies = [
            await world.send(
                operation, theirs.having(slot.where, slot.name, v), token, session=recipe.session
            )
            for v in (value, nothing)
        ]  # fmt: skip
        found, never = replies
        assert found.status == never.status, slot
        if not recipe.varies:
            assert found.like(*told(value)) == never.like(*told(nothing)), slot
        if slot.where == "path":
            allowed = recipe.needs is None or may(them, recipe.needs)
            assert found.status == (recipe.missing if allowed else 403), slot
        if found.status >= 400:
            assert await world.state() == before, slot
        for secret in world.ours.secrets():
            told_to_us = found.tells()
            for word in told(value):
                told_to_us = told_to_us.replace(word.encode(), b"")
            assert secret not in told_to_us, slot
    reply = await world.send(operation, theirs, token, session=recipe.session)
    for secret in world.ours.secrets():
        assert secret not in reply.tells()


@each_route
async def test_a_colleague_without_the_permission_is_refused(
    world: World, operation: Operation
) -> None:
    """In every role that lacks it, and in none; whether the thing is there or not."""
    recipe = recipe_of(operation)
    if recipe.open:
        return
    sent = await recipe.make(world.ours)
    empty = without(sent, operation)
    lacking = []
    for role in (None, *Role):
        one = Actor(world.ours.tenant, NOBODY, ActorKind.MEMBER, frozenset({role} if role else ()))
        if recipe.needs and may(one, recipe.needs):
            continue
        if recipe.needs:
            token = await world.colleague(operation, role, session=recipe.session)
        else:  # they may do something, and end their session with it
            one = await world.ours.member(*([role] if role else []))
            token = await world.credential(operation, one, session=recipe.session)
        lacking.append((role, token))
    before = await world.state()
    for role, token in lacking:
        found = await world.send(operation, sent, token, session=recipe.session)
        if recipe.by_role:
            assert found.status in (200, 303, 403), (role, found.body)
            continue
        if recipe.everyone and not recipe.own:
            assert found.status < 400, (role, found.body)
            return  # the request is used up, and no role counts
        never = await world.send(operation, empty, token, session=recipe.session)
        assert found.like(*_sent(operation, sent)) == never.like(*_sent(operation, empty)), role
        if role and recipe.needs in GRANTS[role]:  # of what is shared with them: nothing is
            assert found.status in (200, recipe.missing, 403), (role, found.body)
            assert world.ours.canary.encode() not in found.tells(), role
        else:
            # Of one's own: not there for a colleague, and refused to who may not read any.
            refused = {recipe.missing, 403} if recipe.own else {403}
            assert found.status in refused, (role, found.body)
    assert await world.state() == before


@each_route
async def test_a_key_made_for_less_is_refused(world: World, operation: Operation) -> None:
    """Its owner may do it; the key's scopes do not hold the permission."""
    recipe = recipe_of(operation)
    if recipe.open or recipe.any_key or not operation.api:
        return
    sent = await recipe.make(world.ours)
    actor = await world.who_may(recipe.needs)
    narrow = next(
        p for p in (P.PURPOSES_PURPOSE_READ, P.COLLECTIONS_COLLECTION_READ, P.PLATFORM_TENANT_READ,
                    P.PLATFORM_TENANT_CREATE)
        if p is not recipe.needs and decide(actor, p)
    )  # fmt: skip
    token = await world.credential(operation, actor)
    await world.admin.execute(
        "UPDATE credentials SET scopes = $2 WHERE hash = $1", token_hash(token), [narrow.value]
    )
    before = await world.state()
    reply = await world.send(operation, sent, token)
    assert reply.status == 403, reply.body
    assert await world.state() == before


@each_route
async def test_a_dead_credential_opens_nothing(world: World, operation: Operation) -> None:
    """Nor does it tell why it is dead, or whether the thing is there."""
    recipe = recipe_of(operation)
    if recipe.open:
        return
    sent = await recipe.make(world.ours)
    actor = await world.who_may(recipe.needs)
    for why in DEAD:
        token = await world.dead(operation, why, actor)
        unknown = await world.dead(operation, "unknown", actor)
        before = await world.state()
        found = await world.send(operation, sent, token)
        never = await world.send(operation, without(sent, operation), unknown)
        assert found.like() == never.like(), why
        refused(operation, found)
        assert await world.state() == before, why


@each_route
async def test_without_a_credential_nothing_opens(world: World, operation: Operation) -> None:
    recipe = recipe_of(operation)
    if recipe.open:
        return
    sent = await recipe.make(world.ours)
    before = await world.state()
    found = await world.send(operation, sent, "")
    never = await world.send(operation, without(sent, operation), "")
    assert found.like() == never.like()
    refused(operation, found)
    assert await world.state() == before


def refused(operation: Operation, reply: Reply) -> None:
    if operation.api:
        assert reply.status == 401
        return
    assert (reply.status, reply.body) == (303, b"")
    assert dict(reply.headers)["location"].startswith("/sign-in")
