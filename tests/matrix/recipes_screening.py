"""Screening: names, payments, lists, customers, files of names."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any, Final
from uuid import UUID, uuid4

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity, Name, Schema
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import Institution
from tests.screening.registry.small import Listed

LIST: Final = "Matrix"
LISTED: Final = "Chan Tai Man"
_CSV: Final = "id,type,name,birth\n{id},person,Wong Siu Ling,1970\n"
_NAMES: Final = "reference,name\n{id},Lee Siu Ming\n"
_PAYMENT: Final = (
    b"{1:F01DEBTHKHHAXXX0000000000}{2:I103CREDGB2LXXXXN}{4:\r\n:20:MATRIX\r\n:23B:CRED\r\n"
    b":32A:261120HKD1,\r\n:50K:/1\r\nWONG SIU LING\r\n:59:/2\r\nLEE SIU MING\r\n:71A:SHA\r\n-}"
)


async def reviewer(of: Institution) -> Actor:
    return await of.member(Role.REVIEWER)


async def listed(of: Institution) -> UUID:
    """The institution's list of one entry; made once."""
    registry = of.house.screening.registry
    for one in await registry.lists.listing(of.actor):
        if one.name == LIST:
            return one.id
    made = await registry.lists.create(of.actor, LIST, "table")
    entry = Entity("E1", Schema.PERSON, (Name(LISTED),))
    await registry.imports.take(of.actor, made, Listed([entry]))
    return made


async def fresh_list(of: Institution) -> UUID:
    return await of.house.screening.registry.lists.create(of.actor, uuid4().hex, "table")


async def waiting(of: Institution) -> UUID:
    """A list whose second version waits, since it takes half of the entries away."""
    made, imports = await fresh_list(of), of.house.screening.registry.imports
    people = [Entity(f"E{n}", Schema.PERSON, (Name(f"{LISTED} {n}"),)) for n in range(2)]
    await imports.take(of.actor, made, Listed(people))
    await imports.take(of.actor, made, Listed(people[:1]))
    return made


async def fresh_customer(of: Institution) -> str:
    reference = uuid4().hex
    entity = Entity(reference, Schema.PERSON, (Name("Lee Siu Ming"),))
    await of.house.screening.registry.customers.put(of.actor, entity)
    return reference


async def fresh_batch(of: Institution) -> UUID:
    await listed(of)
    file = BytesIO(_NAMES.format(id=uuid4().hex).encode())
    return await of.house.screening.registry.batches.submit(of.actor, file, "csv")


async def name(of: Institution) -> Sent:
    return Sent(json={"name": LISTED, "lists": [str(await listed(of))]})


async def kept_name(of: Institution) -> Sent:
    await listed(of)
    screening = of.house.screening.registry.screening
    query = Entity("q", Schema.PERSON, (Name("Lee Siu Ming"),))
    asker = of.holders.get(P.SCREENING_NAME_SCREEN, of.actor)
    return Sent({"screening_id": str((await screening.run(asker, query)).id)})


async def payment(of: Institution) -> Sent:
    await listed(of)
    return Sent(raw=_PAYMENT)


async def new_list(of: Institution) -> Sent:
    return Sent(json={"name": uuid4().hex, "kind": "table"})


async def a_list(of: Institution) -> Sent:
    return Sent({"list_id": str(await listed(of))})


async def changed_list(of: Institution) -> Sent:
    return Sent({"list_id": str(await fresh_list(of))}, json={"threshold": 0.3})


async def new_version(of: Institution) -> Sent:
    file = ("list.csv", _CSV.format(id=uuid4().hex).encode())
    return Sent({"list_id": str(await fresh_list(of))}, file=file)


async def differences(of: Institution) -> Sent:
    path = {"list_id": str(await listed(of)), "number": "1"}
    return Sent(path, query={"after": str(UUID(int=0))})


async def waiting_version(of: Institution) -> Sent:
    return Sent({"list_id": str(await waiting(of)), "number": "2"})


async def customer(of: Institution) -> Sent:
    return Sent({"reference": await fresh_customer(of)})


async def changed_customer(of: Institution) -> Sent:
    body: dict[str, Any] = {"name": f"Lee Siu Ming {uuid4().hex}"}
    return Sent({"reference": await fresh_customer(of)}, json=body)


async def customers_file(of: Institution) -> Sent:
    return Sent(file=("customers.csv", _NAMES.format(id=uuid4().hex).encode()))


async def new_batch(of: Institution) -> Sent:
    await listed(of)
    return Sent(file=("names.jsonl", json.dumps({"name": uuid4().hex}).encode()))


async def batch(of: Institution) -> Sent:
    return Sent({"batch_id": str(await fresh_batch(of))})


_AFTER: Final = request(query={"after": str(UUID(int=0))})
_NOBODY: Final = ((Slot("path", ("reference",)), "nobody"),)
_LIST: Final = "/v1/screening/lists/{list_id}"

RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/screening/batches/{batch_id}": Recipe(batch, P.SCREENING_BATCH_RUN),
    "DELETE /v1/screening/customers/{reference}": Recipe(
        customer, P.SCREENING_CUSTOMER_MANAGE, more=_NOBODY
    ),
    "GET /v1/screening/batches": Recipe(request(), P.SCREENING_BATCH_RUN),
    "GET /v1/screening/batches/{batch_id}": Recipe(batch, P.SCREENING_BATCH_RUN),
    "GET /v1/screening/batches/{batch_id}/results": Recipe(batch, P.SCREENING_BATCH_RUN),
    "GET /v1/screening/customers": Recipe(_AFTER, P.SCREENING_CUSTOMER_READ),
    "GET /v1/screening/customers/{reference}": Recipe(
        customer, P.SCREENING_CUSTOMER_READ, more=_NOBODY
    ),
    "GET /v1/screening/lists": Recipe(request(), P.SCREENING_LIST_READ),
    f"GET {_LIST}": Recipe(a_list, P.SCREENING_LIST_READ),
    f"GET {_LIST}/versions": Recipe(a_list, P.SCREENING_LIST_READ),
    f"GET {_LIST}/versions/{{number}}/differences": Recipe(differences, P.SCREENING_LIST_READ),
    "GET /v1/screening/names/{screening_id}": Recipe(kept_name, P.SCREENING_NAME_SCREEN, own=True),
    f"PATCH {_LIST}": Recipe(changed_list, P.SCREENING_LIST_MANAGE),
    "POST /v1/screening/batches": Recipe(new_batch, P.SCREENING_BATCH_RUN),
    "POST /v1/screening/batches/{batch_id}/stop": Recipe(batch, P.SCREENING_BATCH_RUN),
    "POST /v1/screening/customers/files": Recipe(customers_file, P.SCREENING_CUSTOMER_MANAGE),
    "POST /v1/screening/lists": Recipe(new_list, P.SCREENING_LIST_MANAGE),
    f"POST {_LIST}/preview": Recipe(
        new_version, P.SCREENING_LIST_MANAGE, quiet="it shows what a file would be, and keeps nothing"
    ),
    f"POST {_LIST}/versions": Recipe(new_version, P.SCREENING_LIST_MANAGE),
    f"POST {_LIST}/versions/{{number}}/confirm": Recipe(
        waiting_version, P.SCREENING_LIST_MANAGE, session=True
    ),
    f"POST {_LIST}/versions/{{number}}/refuse": Recipe(
        waiting_version, P.SCREENING_LIST_MANAGE, session=True
    ),
    "POST /v1/screening/names": Recipe(name, P.SCREENING_NAME_SCREEN),
    "POST /v1/screening/payments": Recipe(payment, P.SCREENING_NAME_SCREEN),
    "PUT /v1/screening/customers/{reference}": Recipe(
        changed_customer, P.SCREENING_CUSTOMER_MANAGE, more=_NOBODY, missing=200,
        varies="a reference that is new makes a customer, who has an id of their own",
    ),
}  # fmt: skip
