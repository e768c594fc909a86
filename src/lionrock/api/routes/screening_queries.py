"""Who is to be screened, as it comes over HTTP: in plain fields, or in FollowTheMoney's shape."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from lionrock.errors import InvalidInput
from lionrock.screening import births, countries
from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Schema,
)
from lionrock.screening.ftm import from_ftm

Word = Annotated[str, Field(max_length=500)]
Words = Annotated[list[Word], Field(max_length=100)]


class GivenIdentifier(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: IdentifierKind
    value: str = Field(min_length=1, max_length=200)
    country: Word = ""


class Given(BaseModel):
    """In plain fields. Countries by name or ISO 3166-1 code; a birth as it is worded: 1970-08-12,
    12/08/1970, Aug 1970, circa 1955, 1958 to 1960, 民國59年."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    name: Word = ""
    chinese_name: Word = ""
    aliases: list[Word] = Field(default=[], max_length=100)
    schema_: Schema = Field(
        default=Schema.LEGAL_ENTITY, alias="schema",
        description="LegalEntity: a person or an organisation, it is not said which.",
    )  # fmt: skip
    birth: Words | Word = Field(default=[], description="One, or several alternatives.")
    gender: str = Field(default="", pattern="^(male|female|)$")
    country: Words | Word = []
    identifiers: list[GivenIdentifier] = Field(default=[], max_length=50)
    address: Words | Word = []

    def entity(self, id: str = "") -> Entity:
        """`InvalidInput` for a birth or a country that cannot be read."""
        return Entity(
            id=id,
            schema=self.schema_,
            names=tuple(self._names()),
            births=tuple(_birth(b) for b in _each(self.birth)),
            gender=self.gender,
            countries=tuple(country_of(c) for c in _each(self.country)),
            identifiers=tuple(
                Identifier(i.kind, i.value, country_of(i.country) if i.country else "")
                for i in self.identifiers
            ),
            addresses=tuple(Address(a) for a in _each(self.address)),
        )

    def _names(self) -> list[Name]:
        main = [Name(plain(self.name))] if self.name.strip() else []
        chinese = (
            [Name(plain(self.chinese_name), language="zh")] if self.chinese_name.strip() else []
        )
        return [*main, *chinese, *(Name(plain(a), NameKind.ALIAS) for a in _each(self.aliases))]


class GivenEntity(BaseModel):
    """A FollowTheMoney entity as it is; what else stands in it is ignored."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)
    id: str = Field(default="", max_length=500)
    schema_: str = Field(alias="schema", max_length=100)
    properties: dict[str, Annotated[list[Any], Field(max_length=1000)]] = Field(max_length=200)

    def entity(self, id: str = "") -> Entity:
        told = self.model_dump(by_alias=True)
        return from_ftm({**told, "id": self.id or id or "query"})


def _shape(value: Any) -> str:
    there = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    return "entity" if "properties" in there else "plain"


def either(plain: Any, entity: Any) -> Any:
    """The annotation of a body that is `plain` or, if it has `properties`, `entity`."""
    return Annotated[
        Annotated[plain, Tag("plain")] | Annotated[entity, Tag("entity")], Discriminator(_shape)
    ]


def country_of(text: str) -> str:
    """ISO 3166-1 alpha-2 in lower case. `InvalidInput` for what is no country."""
    found = countries.given(text)
    if not found:
        raise InvalidInput(
            "A country is none that is known: say its name, or its code (ISO 3166-1), as HK."
        )
    return found


def plain(text: str) -> str:
    return " ".join(text.split())


def _birth(text: str) -> Birth:
    found = births.parse(text)
    if found is None:
        raise InvalidInput("A birth is no date that can be read: say 1970-08-12, Aug 1970 or 1970.")
    return found


def _each(value: list[str] | str) -> list[str]:
    return [v for v in ([value] if isinstance(value, str) else value) if v.strip()]
