"""Reads the file that declares the engines (docs/gateway-engines.md). TOML 1.0, each field checked."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool.addresses import Address
from lionrock.gateway.pool.engines import Engine, Offer, Trust
from lionrock.gateway.pool.keys import read_key

_MOST_BYTES = 2**20
_PlainName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
_ModelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$")]
_Tokens = Annotated[int, Field(strict=True, ge=1, le=100_000_000)]
_Price = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Model(_Part):
    name: _ModelName
    upstream: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    context: _Tokens
    output: _Tokens
    price_in: _Price = 0
    price_out: _Price = 0
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "HKD"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _output_fits(self) -> Self:
        if self.output > self.context:
            raise ValueError(f"output ({self.output}) is more than context ({self.context})")
        return self

    def offer(self) -> Offer:
        return Offer(**(self.model_dump() | {"upstream": self.upstream or self.name}))


class _Engine(_Part):
    name: _PlainName
    kind: EngineKind
    url: str
    trust: Trust
    key: _PlainName | None = None
    at_once: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    weight: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 1.0
    health: Annotated[str, Field(pattern=r"^/[A-Za-z0-9._/-]*$")] | None = None
    silence: Annotated[float, Field(ge=1, le=86_400, allow_inf_nan=False)] = 120.0
    model: Annotated[list[_Model], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if twice := _twice(m.name for m in self.model):
            raise ValueError(f"the model {twice} stands there twice")
        try:
            address = Address.read(self.url)
        except InvalidInput as error:
            raise ValueError(f"url: {error.detail}") from None
        if self.trust is Trust.OUTSIDE and not _sealed(address):
            raise ValueError("url: an engine outside is reached by https only")
        return self


class _File(_Part):
    engine: Annotated[list[_Engine], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if twice := _twice(e.name for e in self.engine):
            raise ValueError(f"two engines are named {twice}")
        currencies: dict[str, str] = {}
        for model in (m for e in self.engine for m in e.model):
            if currencies.setdefault(model.name, model.currency) != model.currency:
                raise ValueError(f"the model {model.name} is priced in two currencies")
        return self


def read_engines(path: Path, keys: Path) -> tuple[Engine, ...]:
    """The engines that `path` declares; their keys come from files in the folder `keys`.

    InvalidInput names the file, the engine, the field and what is wrong with it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InvalidInput(f"{path} is larger than {_MOST_BYTES} bytes.")
        found = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise InvalidInput(
            f"The engines are declared in {path} (LIONROCK_ENGINES), which cannot be read: "
            f"{error.strerror}."
        ) from None
    except ValueError as error:  # of TOML and of UTF-8
        raise InvalidInput(f"{path} is not TOML: {error}.") from None
    try:
        declared = _File.model_validate(found)
    except ValidationError as error:
        raise InvalidInput(f"{path}: {_told(error, found)}") from None
    return tuple(_engine(engine, keys) for engine in declared.engine)


def _engine(declared: _Engine, keys: Path) -> Engine:
    return Engine(
        name=declared.name,
        kind=declared.kind,
        url=declared.url,
        trust=declared.trust,
        offers=tuple(model.offer() for model in declared.model),
        key=read_key(keys, declared.key) if declared.key else None,
        at_once=declared.at_once,
        weight=declared.weight,
        health=declared.health,
        silence=declared.silence,
    )


def _sealed(address: Address) -> bool:
    """What is sent there cannot be read on the way: TLS, a socket, or this very machine."""
    if address.socket is not None or address.root.scheme == "https":
        return True
    try:
        return ip_address(address.host).is_loopback
    except ValueError:
        return address.host == "localhost"


def _told(error: ValidationError, found: dict[str, Any]) -> str:
    """The first fault, with names for numbers: `engine gpu1, model qwen, context: …`."""
    fault = error.errors(include_url=False, include_input=False)[0]
    words: list[str] = []
    here: Any = found
    for step in fault["loc"]:
        here = here[step] if _has(here, step) else None
        if isinstance(step, int):
            name = here.get("name") if isinstance(here, dict) else None
            words[-1] += f" {name if isinstance(name, str) else step + 1}"
        else:
            words.append(step)
    what = fault["msg"].removeprefix("Value error, ")
    return f"{', '.join(words)}: {what}." if words else f"{what}."


def _has(here: Any, step: str | int) -> bool:
    if isinstance(here, dict):
        return step in here
    return isinstance(here, list) and isinstance(step, int) and step < len(here)


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)
