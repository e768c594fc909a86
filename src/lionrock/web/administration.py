"""What the administration's pages share: the way in, going on after a change, names of people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.documents.language import to_simplified
from lionrock.doors import house
from lionrock.errors import Forbidden, InvalidInput
from lionrock.kernel.actors import NOBODY, Actor
from lionrock.kernel.members import Member
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.purposes import Purpose, RetentionClass
from lionrock.web.auth import Reader
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator, wants_fragment
from lionrock.web.sections import HOME, may, open_to

ON_A_PAGE = 50
T = TypeVar("T")

routes = APIRouter()


@routes.get(HOME)
async def first(request: Request, actor: Reader) -> Response:
    """The first page that the reader may open."""
    found = open_to(actor)
    if not found:
        raise Forbidden("No page of the administration is open to you.")
    return RedirectResponse(found[0].address, 303)


def done(request: Request, address: str) -> Response:
    """Go on at `address` after a change: as a redirect, or as htmx is told of one."""
    if wants_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of a list: `items` from `start` on, of `total`."""

    items: Sequence[T]
    start: int
    total: int

    @classmethod
    def of(cls, whole: Sequence[T], start: int) -> Slice[T]:
        return cls(whole[start : start + ON_A_PAGE], start, len(whole))

    @property
    def end(self) -> int:
        return self.start + len(self.items)


class Names:
    """What members and their tenant are called on a page, by id: else the beginning of the id."""

    def __init__(self, tenant: UUID, members: Iterable[Member], speak: Translator) -> None:
        self._names = {m.id: m.name or m.email for m in members}
        self.tenant, self._speak = tenant, speak

    def __call__(self, id: UUID | None) -> str:
        if id is None or id == NOBODY:
            return self._speak.gettext("Lionrock itself")
        if id == self.tenant:
            return self._speak.gettext("this organisation")
        return self._names.get(id) or str(id)[:8]

    def known(self, id: UUID) -> bool:
        """Is it a member whom the reader may know by name?"""
        return bool(self._names.get(id))

    def members(self) -> list[UUID]:
        """Those known, by name."""
        return sorted(self._names, key=lambda id: self._names[id].casefold())

    def like(self, words: str) -> list[UUID]:
        """Members whose name or address holds `words`, or whose id begins with them."""
        wanted = words.casefold().strip()
        return [
            id for id, name in self._names.items()
            if wanted in name.casefold() or str(id).startswith(wanted)
        ]  # fmt: skip


async def names(request: Request, actor: Actor) -> Names:
    """Names as far as the reader may read members; ids otherwise."""
    listed = []
    if may(actor, P.MEMBERS_MEMBER_READ):
        listed = await house(request).people.members.listing(actor)
    return Names(actor.tenant_id, listed, translator(request))


def title(speak: Translator, named: Purpose | RetentionClass) -> str:
    """What a purpose or retention class is called in the reader's language."""
    if speak.language == "en":
        return named.title_en
    return to_simplified(named.title_zh) if speak.language == "zh-Hans" else named.title_zh


def ask(
    request: Request, question: str, *, action: str, button: str, back: str,
    facts: Sequence[str] = (), note: str = "",
) -> Response:  # fmt: skip
    """A question before something ends, naming in `facts` what ends: a page, opened as a dialog."""
    return page(
        request, "admin/confirm.html", question=question, action=action, button=button, back=back,
        facts=facts, note=note,
    )  # fmt: skip


def given_id(text: str) -> UUID | None:
    """The id in a form's field; None for an empty one. `InvalidInput` for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput("The address or the form is not one of this server's.") from None
