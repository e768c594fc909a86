"""Which field of which endpoint goes to which kind of engine. What is not listed is refused."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from enum import StrEnum

from lionrock.gateway.fields.checks import Check, anything
from lionrock.gateway.fields.kinds import Endpoint, EngineKind, Json, wrong


class Treatment(StrEnum):
    """What becomes of a client's field.

    PASSED: checked and sent as it is. TRANSLATED: checked and sent in the engine's own words. MET:
    checked; it may only say what holds anyhow, and is not sent. SET: the gateway sets it and a
    client may not. REFUSED: HTTP 400.
    """

    PASSED = "passed"
    TRANSLATED = "translated"
    MET = "met"
    SET = "set"
    REFUSED = "refused"


_TAKEN = (Treatment.PASSED, Treatment.TRANSLATED, Treatment.MET)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an endpoint. `why`: of the refusal, or of the check; shown to the client."""

    name: str
    check: Check
    treatments: dict[EngineKind, Treatment]
    why: str = ""
    met_check: Check | None = None
    """Of the kinds where it is met, when others pass it."""

    def rule(self, kind: EngineKind) -> Check | str:
        """The check where it is taken, else the reason of the refusal."""
        treatment = self.treatments[kind]
        if treatment is Treatment.MET and self.met_check is not None:
            return self.met_check
        if treatment in _TAKEN:
            return self.check
        if treatment is Treatment.SET or Treatment.SET in self.treatments.values():
            return f"is set by the gateway{': ' + self.why if self.why else ''}. Remove it."
        return f"{self.why or f'{kind} has no such field'}. Remove it."


def passed(
    name: str, kinds: frozenset[EngineKind], check: Check = anything, why: str = ""
) -> Field:
    return Field(name, check, _spread(kinds, Treatment.PASSED), why)


def translated(
    name: str,
    kinds: frozenset[EngineKind],
    check: Check = anything,
    why: str = "",
    *,
    also_passed: frozenset[EngineKind] = frozenset(),
) -> Field:
    treatments = _spread(kinds, Treatment.TRANSLATED)
    treatments |= dict.fromkeys(also_passed, Treatment.PASSED)
    return Field(name, check, treatments, why)


def met(name: str, check: Check, why: str) -> Field:
    return Field(name, check, dict.fromkeys(EngineKind, Treatment.MET), why)


def met_by_others(field: Field, kinds: frozenset[EngineKind], check: Check) -> Field:
    """The field, which these kinds do not know but `check` finds to say what holds there anyhow."""
    treatments = field.treatments | dict.fromkeys(kinds, Treatment.MET)
    return replace(field, treatments=treatments, met_check=check)


def owned(name: str, kinds: frozenset[EngineKind], why: str) -> Field:
    return Field(name, anything, _spread(kinds, Treatment.SET), why)


def refused(names: str, why: str) -> list[Field]:
    """Several, for the same reason."""
    return [Field(n, anything, _spread(frozenset(), Treatment.SET), why) for n in names.split()]


def _spread(kinds: frozenset[EngineKind], treatment: Treatment) -> dict[EngineKind, Treatment]:
    return {k: treatment if k in kinds else Treatment.REFUSED for k in EngineKind}


class Policy:
    """The fields of one endpoint, and the sieve made of them."""

    def __init__(self, endpoint: Endpoint, fields: list[Field]) -> None:
        self.endpoint = endpoint
        self.fields = {field.name: field for field in fields}
        if len(self.fields) != len(fields):
            raise ValueError(f"A field of {endpoint} is listed twice.")
        self._rules = {
            kind: {field.name: field.rule(kind) for field in fields} for kind in EngineKind
        }
        self._dropped = {
            kind: frozenset(
                n for n, f in self.fields.items() if f.treatments[kind] is Treatment.MET
            )
            for kind in EngineKind
        }

    def sift(self, asked: Json, kind: EngineKind) -> Json:
        """The fields to go on with; null is the same as absent.

        InvalidInput: a field that is unknown, refused, owned by the gateway, or out of its range.
        """
        rules, dropped = self._rules[kind], self._dropped[kind]
        sent: Json = {}
        for name, value in asked.items():
            rule = rules.get(name)
            if rule is None:
                raise wrong(name[:64], self._unknown(name))
            if value is None:
                continue
            if type(rule) is str:
                raise wrong(name, rule)
            rule(value, name)  # type: ignore[operator]  # not a string: a check
            if name not in dropped:
                sent[name] = value
        return sent

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name[:64], self.fields, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return (
            f"unknown field of /v1/{self.endpoint}; nothing is dropped silently. Remove it.{hint}"
        )
