"""The screening desk: one name against the lists in use.

While someone types, the page looks: nothing is kept, since half a name is nobody. Enter, or the button,
screens: query, versions, hits are on record, and hits raise alerts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.doors import house
from lionrock.errors import Forbidden, InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening import births, countries
from lionrock.screening.entities import Entity, Identifier, IdentifierKind, Name, Schema
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.screener import Asked
from lionrock.screening.registry.states import State, applied
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_words import scored, table
from lionrock.web.sections import SCREENING, screening_open_to

PATH: Final = f"{SCREENING}/desk"
MOST_SHOWN: Final = 20
_LEAST_LETTERS: Final = 2

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Asking:
    """The form as it was sent."""

    name: str = ""
    kind: str = Schema.PERSON
    birth: str = ""
    country: str = ""
    number: str = ""
    number_kind: str = IdentifierKind.HKID

    def entity(self) -> Entity:
        """`InvalidInput` for a date or country that is not understood."""
        born = births.parse(self.birth) if self.birth.strip() else None
        if self.birth.strip() and born is None:
            raise InvalidInput(
                "The date of birth is not understood. Write 1962, 1962-03 or 1962-03-04."
            )
        code = countries.code(self.country.strip()) if self.country.strip() else ""
        if self.country.strip() and not code:
            raise InvalidInput("The country is not known. Write its name or its two letters.")
        number = self.number.strip()
        return Entity(
            id="", schema=Schema(self.kind), names=(Name(" ".join(self.name.split())),),
            births=(born,) if born else (), countries=(code,) if code else (),
            identifiers=(Identifier(IdentifierKind(self.number_kind), number),) if number else (),
        )  # fmt: skip


def asking(
    name: Annotated[str, Form(max_length=500)] = "",
    kind: Annotated[Schema, Form()] = Schema.PERSON,
    birth: Annotated[str, Form(max_length=60)] = "",
    country: Annotated[str, Form(max_length=60)] = "",
    number: Annotated[str, Form(max_length=100)] = "",
    number_kind: Annotated[IdentifierKind, Form()] = IdentifierKind.HKID,
) -> Asking:
    return Asking(name, kind, birth, country, number, number_kind)


Sent = Annotated[Asking, Depends(asking)]


@routes.get(SCREENING)
async def first(request: Request, actor: Reader) -> Response:
    """The first page of screening that the reader may open."""
    found = screening_open_to(actor)
    if not found:
        raise Forbidden("No page of screening is open to you.")
    return RedirectResponse(found[0].address, 303)


@routes.get(PATH)
async def desk(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_NAME_SCREEN)
    state = await _in_use(request, actor)
    return page(request, "screening/desk.html", asked=Asking(), hits=None, state=state, **_shared())


@routes.post(f"{SCREENING}/look")
async def look(request: Request, actor: Reader, asked: Sent) -> Response:
    """What screening would find. Kept nowhere; the name is in no address."""
    require(actor, P.SCREENING_NAME_SCREEN)
    state = await _in_use(request, actor)
    hits, fault = None, ""
    if state.lists and len(asked.name.strip()) >= _LEAST_LETTERS:
        try:
            hits = await _looked(request, actor, state, asked.entity())
        except InvalidInput as error:  # a date that is half typed is no fault to interrupt for
            fault = error.detail
    return page(
        request, "screening/hits.html", asked=asked, hits=hits, state=state,
        **(_shown(request) | {"fault": fault}),
    )  # fmt: skip


@routes.post(PATH)
async def screen(request: Request, actor: Reader, asked: Sent) -> Response:
    """Screen, on record."""
    require(actor, P.SCREENING_NAME_SCREEN)
    if not asked.name.strip():
        raise InvalidInput("Say a name to screen.")
    done = await house(request).screening.registry.screening.run(actor, asked.entity())
    return page(
        request, "screening/desk.html", asked=asked, hits=done.hits, state=done.state,
        **(_shared() | _shown(request, datetime.now(UTC))),
    )  # fmt: skip


async def _in_use(request: Request, actor: Actor) -> State:
    async with house(request).database.tenant_session(actor) as db:
        return await applied(db, actor.tenant_id)


async def _looked(request: Request, actor: Actor, state: State, query: Entity) -> list[Hit]:
    screener = house(request).screening.registry.screener
    async with (
        screener.against(actor, state) as against,
        house(request).database.tenant_session(actor) as db,
    ):
        (hits,) = await screener.hits(db, actor.tenant_id, against, [Asked(query)])
    return hits


def _shared() -> dict[str, Any]:
    return {
        "kinds": tuple(Schema), "numbers": tuple(IdentifierKind), "recorded": None, "most": MOST_SHOWN, "fault": "",
    }  # fmt: skip


def _shown(request: Request, recorded: datetime | None = None) -> dict[str, Any]:
    speak = translator(request)
    return {
        "said": lambda hit: table(hit.match.evidence, speak), "scored": scored, "most": MOST_SHOWN,
        "recorded": recorded, "fault": "",
    }  # fmt: skip
