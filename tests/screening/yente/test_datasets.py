"""Lists as datasets, and which of them a request is about."""

from __future__ import annotations

from uuid import UUID

import pytest

from lionrock.errors import InvalidInput, NotFound
from lionrock.screening.registry.hits import ListRef
from lionrock.screening.yente import datasets


def ref(number: int, name: str, kind: str = "un") -> ListRef:
    return ListRef(UUID(int=number << 96), name, kind, 1)


UN, OFAC, OWN = (
    ref(1, "UN Consolidated"),
    ref(2, "OFAC: SDN", "ofac-csv"),
    ref(3, "內部名單", "table"),
)
ALL = [UN, OFAC, OWN]


def test_a_list_is_called_by_its_name_in_any_script() -> None:
    assert list(datasets.names(ALL).values()) == ["un_consolidated", "ofac_sdn", "內部名單"]


def test_lists_whose_names_would_be_one_keep_apart() -> None:
    found = datasets.names([ref(1, "UN list"), ref(2, "UN-List"), ref(3, "All"), ref(4, "!")])
    assert list(found.values()) == [
        "un_list_00000001",
        "un_list_00000002",
        "all_00000003",
        "list_00000004",
    ]


def test_default_and_all_are_every_list() -> None:
    assert datasets.chosen(ALL, "default") == datasets.chosen(ALL, "all") == [r.id for r in ALL]


def test_what_is_left_out_is_left_out() -> None:
    assert datasets.chosen(ALL, "ofac_sdn") == [OFAC.id]
    assert datasets.chosen(ALL, "default", include=["un_consolidated", "ofac_sdn"],
                           exclude=["ofac_sdn", "never"]) == [UN.id]  # fmt: skip


def test_a_topic_keeps_lists_of_which_nothing_is_known() -> None:
    assert datasets.chosen(ALL, "default", topics=["role.pep"]) == [OWN.id]
    assert datasets.chosen(ALL, "default", topics=["sanction"]) == [r.id for r in ALL]


def test_a_dataset_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        datasets.chosen(ALL, "us_ofac_sdn")
    with pytest.raises(NotFound):
        datasets.chosen(ALL, "default", include=["us_ofac_sdn"])


def test_screening_against_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput):
        datasets.chosen([], "default")
    with pytest.raises(InvalidInput):
        datasets.chosen(ALL, "ofac_sdn", include=["un_consolidated"])


def test_an_id_may_name_its_dataset() -> None:
    named = datasets.names(ALL)
    assert datasets.source_id("ofac_sdn:7771", named) == ("7771", [OFAC.id])
    assert datasets.source_id("NK-1", named) == ("NK-1", [r.id for r in ALL])
