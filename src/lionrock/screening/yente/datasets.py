"""A tenant's lists as datasets: by a name made of the list's, or "default" and "all" for every one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from lionrock.errors import InvalidInput, NotFound
from lionrock.screening.registry.hits import ListRef

EVERY: Final = ("all", "default")
_SANCTIONS: Final = ("un", "ofac", "eu", "uk", "sanction")
_TOPICS: Final = {"pep": "role.pep", **dict.fromkeys(_SANCTIONS, "sanction")}


def names(lists: Iterable[ListRef]) -> dict[UUID, str]:
    """The dataset's name of each list: lower case, underscores; of two alike, with their ids."""
    plain = {ref.id: _slug(ref.name) for ref in lists}
    count = Counter(plain.values())
    return {
        id: f"{name or 'list'}_{id.hex[:8]}" if count[name] > 1 or name in ("", *EVERY) else name
        for id, name in plain.items()
    }


def chosen(
    lists: Collection[ListRef], dataset: str, *, include: Collection[str] = (),
    exclude: Collection[str] = (), topics: Collection[str] = (),
) -> list[UUID]:  # fmt: skip
    """The lists that a request is about.

    `NotFound` for a dataset that is not there; `InvalidInput` if none is left: nothing found would
    then say nothing. A topic leaves out only lists that are known to be of another.
    """
    named = names(lists)
    known = {name: {id} for id, name in named.items()} | {key: set(named) for key in EVERY}
    for name in (dataset, *include):
        if name not in known:
            raise NotFound(f"There is no dataset {name[:80]}: GET /catalog lists them.")
    kept = known[dataset]
    if include:
        kept = kept & set[UUID]().union(*(known[name] for name in include))
    kept = kept - set[UUID]().union(*(known.get(name, set()) for name in exclude))
    if topics:
        kept = {r.id for r in lists if r.id in kept and topic(r.kind) in ("", *topics)}
    if not kept:
        raise InvalidInput("No list is left to look in: import one, or ask for fewer limits.")
    return [ref.id for ref in lists if ref.id in kept]


def topic(kind: str) -> str:
    """FollowTheMoney's topic of a kind of list; empty where the kind does not tell."""
    return _TOPICS.get(kind) or _TOPICS.get(kind.partition("-")[0], "")


def source_id(id: str, named: Mapping[UUID, str]) -> tuple[str, list[UUID]]:
    """An entity's own id, and the lists to look in: "dataset:id" names one, "id" may be in any."""
    for list_id, name in named.items():
        if id.startswith(f"{name}:"):
            return id[len(name) + 1 :], [list_id]
    return id, list(named)


def _slug(name: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in name.casefold()).split()
    return "_".join(words)[:80]
