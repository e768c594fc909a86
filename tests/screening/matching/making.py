"""Entities for the tests of matching, short to write; all invented."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from lionrock.screening.entities import Birth, Entity, Identifier, IdentifierKind, Name, Schema
from lionrock.screening.matching import organisations, persons
from lionrock.screening.matching.compare import compare

CHINESE = "陳大文 李小明 黃美玲 張志強 歐陽娜娜 王建國 何詠欣 林家輝".split()
LATIN = [
    "CHAN Tai Man", "Lee Siu Ming", "WONG, Mei Ling", "Zhang Zhiqiang", "Peter CHAN Tai-man", "Ouyang Nana",
    "Ivan Petrov", "PETROV, Ivan Sergeevich", "Muhammad Ali Hassan", "Mohammed Aly Hasan", "Abd al-Rahman Saleh",
    "Maria de la Cruz", "John Smith", "J. Smith", "Jon Smyth", "Kim Chol Su", "Nguyen Van Minh", "Ho Chun Yin",
]  # fmt: skip
COMPANIES = [
    "Blue Kite Trading Limited", "Blue Kite Trading Co., Ltd.", "藍鳶貿易有限公司", "Harbour Paper Holdings plc",
    "Harbour Paper 2 Limited", "Ocean Star Shipping", "Vostok OOO", "International Kite Bank", "和記紙品有限公司",
]  # fmt: skip


def person(*names: str, schema: Schema = Schema.PERSON, born: str = "", **facts: object) -> Entity:
    facts.setdefault("births", (birth(born),) if born else ())
    return Entity("p", schema, tuple(map(Name, names)), **facts)  # type: ignore[arg-type]


def company(*names: str, **facts: object) -> Entity:
    return Entity("c", Schema.COMPANY, tuple(map(Name, names)), **facts)  # type: ignore[arg-type]


def birth(text: str) -> Birth:
    """Of 1970-02-01 that day, of 1970 that year, of ~1970 about then."""
    circa = text.startswith("~")
    text = text.removeprefix("~")
    if len(text) == 4:
        return Birth(date(int(text), 1, 1), date(int(text), 12, 31), circa)
    return Birth(date.fromisoformat(text), date.fromisoformat(text), circa)


def identifier(kind: str, value: str) -> Identifier:
    return Identifier(IdentifierKind(kind), value)


def score(a: Entity, b: Entity) -> float:
    return compare(a, b).score


def of_persons(a: str, b: str) -> float:
    return persons.compare(a, b).bits


def of_companies(a: str, b: str) -> float:
    return organisations.compare(a, b).bits


_names = st.one_of(
    st.sampled_from(CHINESE + LATIN + COMPANIES),
    st.sampled_from(LATIN).map(str.upper),
    st.text(max_size=12),
).map(Name)
_births = st.sampled_from(["1970-02-01", "1970-01-02", "1970", "~1971", "1985-05-05"]).map(birth)
_identifiers = st.builds(
    Identifier,
    st.sampled_from(
        [IdentifierKind.PASSPORT, IdentifierKind.IMO, IdentifierKind.OTHER, IdentifierKind.HKID]
    ),
    st.sampled_from(["K1234567", "K 123-4567", "9123456", "IMO 9123456"]),
)
entities = st.builds(
    Entity,
    id=st.just("q"),
    schema=st.sampled_from(Schema),
    names=st.lists(_names, max_size=3).map(tuple),
    births=st.lists(_births, max_size=1).map(tuple),
    gender=st.sampled_from(["", "male", "female"]),
    countries=st.lists(st.sampled_from(["hk", "cn", "ru"]), max_size=2, unique=True).map(tuple),
    identifiers=st.lists(_identifiers, max_size=1).map(tuple),
)
