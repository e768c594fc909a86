"""A document that names people, and a list that some of them are on."""

from __future__ import annotations

from dataclasses import replace

from lionrock.app import House
from lionrock.kernel.actors import Actor, Role
from lionrock.screening.entities import Entity, Name, Schema
from tests.screening.registry.small import Listed

LISTED = [
    Entity("L1", Schema.PERSON, (Name("CHAN Tai Man"), Name("陳大文"))),
    Entity("L2", Schema.COMPANY, (Name("Harbour Paper Company Limited"),)),
    Entity("L3", Schema.PERSON, (Name("Viktor Anatolyevich Bout"),)),
]
LETTER = (
    "# Loan file\n\n"
    + "The customer repaid the loan on the agreed day and the bank thanked the customer.\n\n" * 40
    + "The loan was repaid by Mr Chen Dawen, as agreed.\n\n"
    "His guarantor is Mrs Olga Smirnova.\n\n"
    + "The rest of the letter says nothing of the guarantor or of anybody else at all.\n\n"
    * 40
    + "付款予陳大文先生。\n\n"
    "the money then went to viktor anatolyevich bout by courier.\n\n"
    "Harbour Paper Co., Ltd. had the paper delivered.\n"
)


async def listed(house: House, actor: Actor, entries: list[Entity] = LISTED) -> None:
    """A list of the actor's tenant, in use."""
    manager = replace(actor, roles=frozenset({Role.REVIEWER}))
    registry = house.screening.registry
    made = await registry.lists.create(manager, "Ours", "table")
    await registry.imports.take(manager, made, Listed(entries))
