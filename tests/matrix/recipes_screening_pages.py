"""The pages of screening: the desk, lists, files of names, alerts, drafts of reports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID, uuid4

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.queue import Filter
from lionrock.screening.alerts.states import AlertState
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.recipes_alerts import (
    assigned,
    clearance_of,
    escalated,
    fresh_alert,
    fresh_share,
    proposed,
    report,
)
from tests.matrix.recipes_screening import (
    LISTED,
    fresh_batch,
    fresh_list,
    listed,
    reviewer,
    waiting_version,
)
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

_NOBODYS: Final = "00000000-0000-4000-8000-000000000000"
_READ, _MANAGE, _SCREEN, _BATCH = (
    P.SCREENING_LIST_READ, P.SCREENING_LIST_MANAGE, P.SCREENING_NAME_SCREEN, P.SCREENING_BATCH_RUN,
)  # fmt: skip
_KNOW, _PROPOSE, _ASSIGN, _PREPARE = (
    P.SCREENING_ALERT_READ, P.SCREENING_ALERT_PROPOSE, P.SCREENING_ALERT_ASSIGN,
    P.SCREENING_REPORT_PREPARE,
)  # fmt: skip
_TABLE: Final = "id,name\n{id},Wong Siu Ling\n"


def alert(
    form: dict[str, Any] | None = None,
    made: Callable[[Institution], Awaitable[UUID]] = assigned,
) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"alert_id": str(await made(of))}, form=form)

    return make


async def new_case_share(of: Institution) -> Sent:
    form = {"member": str(await of.fresh_observer()), "why": "A request."}
    return Sent({"alert_id": str(await assigned(of))}, form=form)


async def case_share(of: Institution) -> Sent:
    case, share = await fresh_share(of)
    return Sent({"alert_id": str(case), "share_id": str(share)}, form={})


def batch(form: dict[str, Any] | None = None, **path: str) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"batch_id": str(await fresh_batch(of)), **path}, form=form)

    return make


def draft(form: dict[str, Any] | None = None, **path: str) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"report_id": str((await report(of))[1]), **path}, form=form)

    return make


async def named(of: Institution) -> Sent:
    await listed(of)
    return Sent(form={"name": LISTED})


async def one_list(of: Institution) -> Sent:
    return Sent({"list_id": str(await listed(of))})


async def differences(of: Institution) -> Sent:
    path = {"list_id": str(await listed(of)), "number": "1"}
    return Sent(path, query={"after": str(UUID(int=2))})


async def entry(of: Institution) -> Sent:
    made = await listed(of)
    found = await of.house.screening.registry.differences.page(of.actor, made, 1)
    return Sent({"list_id": str(made), "entry_id": str(found[0].entry_id)})


async def looked_at(of: Institution) -> Sent:
    return Sent(form={"kind": ""}, file=("list.csv", _TABLE.format(id=uuid4().hex).encode()))


async def list_file(of: Institution) -> Sent:
    form = {"kind": "", "name": "", "list": str(await fresh_list(of))}
    return Sent(form=form, file=("list.csv", _TABLE.format(id=uuid4().hex).encode()))


async def confirmed(of: Institution) -> Sent:
    sent = await waiting_version(of)
    return Sent(sent.path, form={})


async def names_file(of: Institution) -> Sent:
    await listed(of)
    return Sent(file=("names.csv", f"reference,name\n{uuid4().hex},Lee Siu Ming\n".encode()))


async def given(of: Institution) -> Sent:
    member = (await of.member(Role.ANALYST)).id
    return Sent({"alert_id": str(await fresh_alert(of))}, form={"member": str(member)})


async def just_proposed(of: Institution) -> UUID:
    return (await proposed(of))[0]


async def approval(of: Institution) -> Sent:
    made, content = await proposed(of)
    return Sent({"alert_id": str(made)}, form={"content": content})


async def revoked(of: Institution) -> Sent:
    clearance, who = await clearance_of(of), await reviewer(of)
    decided = Filter(states=[AlertState.DECIDED])
    found = await of.house.screening.alerts.queue.page(who, decided, order="newest", limit=1)
    path = {"alert_id": str(found.alerts[0].id), "clearance_id": str(clearance)}
    return Sent(path, form={"note": "New papers."})


_ALERT: Final = "/screening/alerts/{alert_id}"
_LIST: Final = "/screening/lists/{list_id}"
_ONE: Final = "/screening/batches/{batch_id}"
_DRAFT: Final = "/screening/reports/{report_id}"
_INTO: Final = ((Slot("body", ("list",)), _NOBODYS),)

RECIPES: Final[dict[str, Recipe]] = {
    "GET /screening": Recipe(
        request(), by_role="it leads to the first page open to the reader, and refuses where none is"
    ),
    "GET /screening/alerts": Recipe(request(), _KNOW),
    "GET /screening/batches": Recipe(request(), _BATCH),
    "GET /screening/desk": Recipe(request(), _SCREEN),
    "GET /screening/lists": Recipe(request(), _READ),
    "GET /screening/lists/import": Recipe(request(), _MANAGE),
    f"GET {_ALERT}": Recipe(alert(), _KNOW),
    f"GET {_DRAFT}": Recipe(draft(), _PREPARE),
    f"GET {_DRAFT}/draft.{{format}}": Recipe(draft(format="json"), _PREPARE),
    f"GET {_LIST}": Recipe(one_list, _READ),
    f"GET {_LIST}/entries/{{entry_id}}": Recipe(entry, _READ),
    f"GET {_LIST}/versions/{{number}}": Recipe(differences, _READ),
    f"GET {_LIST}/versions/{{number}}/refuse": Recipe(waiting_version, _MANAGE),
    f"GET {_ONE}": Recipe(batch(), _BATCH),
    f"GET {_ONE}/remove": Recipe(batch(), _BATCH),
    f"GET {_ONE}/results.{{output}}": Recipe(batch(output="csv"), _BATCH),
    "POST /screening/batches": Recipe(names_file, _BATCH),
    "POST /screening/desk": Recipe(named, _SCREEN),
    "POST /screening/lists": Recipe(list_file, _MANAGE, more=_INTO),
    "POST /screening/lists/preview": Recipe(
        looked_at, _MANAGE, quiet="it shows what a file would be, and keeps nothing"
    ),
    "POST /screening/look": Recipe(
        named, _SCREEN, quiet="it looks while a name is typed; no name stands in an address"
    ),
    f"POST {_ALERT}/approve": Recipe(approval, P.SCREENING_ALERT_DECIDE),
    f"POST {_ALERT}/clearances/{{clearance_id}}/revoke": Recipe(revoked, _ASSIGN),
    f"POST {_ALERT}/escalate": Recipe(alert({"note": "It may be him."}), _PROPOSE),
    f"POST {_ALERT}/give": Recipe(given, _ASSIGN),
    f"POST {_ALERT}/give-back": Recipe(alert({}), _KNOW),
    f"POST {_ALERT}/propose": Recipe(alert({"reason": "common-name"}), _PROPOSE),
    f"POST {_ALERT}/report": Recipe(alert({}, escalated), _PREPARE),
    f"POST {_ALERT}/send-back": Recipe(
        alert({"note": "Which passport?"}, just_proposed), P.SCREENING_ALERT_DECIDE
    ),
    f"POST {_ALERT}/shares": Recipe(new_case_share, P.COLLECTIONS_SHARE_MANAGE),
    f"POST {_ALERT}/shares/{{share_id}}/end": Recipe(case_share, P.COLLECTIONS_SHARE_MANAGE),
    f"POST {_ALERT}/take": Recipe(alert({}, fresh_alert), _PROPOSE),
    f"POST {_ALERT}/take-back": Recipe(alert({}, just_proposed), _KNOW),
    f"POST {_DRAFT}": Recipe(draft({"version": "1", "urgent": "1"}), _PREPARE),
    f"POST {_DRAFT}/conclude": Recipe(
        draft({"outcome": "not-reported", "words": "There was no ground."}), _PREPARE
    ),
    f"POST {_LIST}/versions/{{number}}/confirm": Recipe(confirmed, _MANAGE),
    f"POST {_LIST}/versions/{{number}}/refuse": Recipe(confirmed, _MANAGE),
    f"POST {_ONE}/remove": Recipe(batch({}), _BATCH),
    f"POST {_ONE}/stop": Recipe(batch({}), _BATCH),
}  # fmt: skip
