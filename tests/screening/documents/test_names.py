from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.documents import names
from lionrock.screening.documents.names import Asked
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.compare import compare
from lionrock.screening.registry.hits import Hit, ListRef

LIST = ListRef(uuid4(), "Ours", "table", 1)
TEXT = "The fee was paid by Mr Ivan Petrov of Moscow."


def hit(entry: int = 1) -> Hit:
    listed = Entity(str(entry), Schema.PERSON, (Name("Ivan Petrov"),))
    return Hit(LIST, listed, compare(listed, listed), UUID(int=entry), b"", b"")


def found(start: int, end: int, page: int = 1) -> Asked:
    (asked,) = names.listed(list(names.by_lists(page, TEXT, [(start, end)], {})))
    return asked


def test_what_the_lists_found_is_not_said_again_where_a_name_by_form_has_the_hit() -> None:
    (form,) = names.by_form([(1, TEXT)])
    assert (form.kind, form.listed) == ("person", False)
    at = TEXT.index("Ivan Petrov")
    same = found(at, at + 11)
    assert (same.kind, same.listed) == ("unknown", True)
    assert names.told([(form, [hit()]), (same, [hit()])]) == [(form, [hit()])]


def test_what_the_lists_found_is_said_where_it_is_another_hit_or_another_place() -> None:
    (form,) = names.by_form([(1, TEXT)])
    at = TEXT.index("Ivan Petrov")
    same, elsewhere = found(at, at + 11), found(at, at + 11, page=2)
    assert names.told([(form, []), (same, [hit()])]) == [(form, []), (same, [hit()])]
    other = names.told([(form, [hit(1)]), (same, [hit(2)])])
    assert [h for _, hits in other for h in hits] == [hit(1), hit(2)]
    assert len(names.told([(form, [hit()]), (elsewhere, [hit()])])) == 2


def test_a_stretch_of_the_lists_without_a_hit_is_no_name() -> None:
    assert names.told([(found(0, 7), [])]) == []


def test_a_stretch_may_be_a_person_or_anything_else() -> None:
    assert found(0, 7).entity == Entity("query", Schema.LEGAL_ENTITY, (Name("The fee"),))


def test_the_words_around_are_whole_and_few() -> None:
    text = f"{'before ' * 20}NAME{' after' * 20}"
    start = text.index("NAME")
    before, after = names.around(text, start, start + 4)
    assert set(before.split()) == {"before"} and set(after.split()) == {"after"}
    assert 40 < len(before) <= 60 and before.endswith(" ")
    assert 40 < len(after) <= 60 and after.startswith(" ")
    assert names.around("NAME", 0, 4) == ("", "")


@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 300))
def test_the_words_around_any_place_are_of_the_text(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    before, after = names.around(text, start, end)
    plain = " ".join(text.split())
    assert before.strip() in plain and after.strip() in plain
