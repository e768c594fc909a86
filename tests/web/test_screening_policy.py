"""The policy of screening: read by who may read it, changed by who may, never unseen and never by half."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.screening.alerts.policy import Policy
from lionrock.web import screening_policy_forms as forms
from lionrock.web.faults import Filled
from lionrock.web.i18n import translator
from tests.web.client import Answer, Client
from tests.web.conftest import House
from tests.web.screening_office import LIST, fields, imported, member, send_file

ENGLISH = translator("en")


@pytest.fixture
async def analyst(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Wong Ka-yan", Role.ANALYST)


@pytest.fixture
async def reviewer(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Lam Chi Fai", Role.REVIEWER)


async def saved(client: Client, path: str, **changed: str) -> Answer:
    """Open the form, fill it in otherwise, look at what changes, save it."""
    form = fields(await client.get(path)) | changed
    review = await client.post(path, form)
    assert review.status == 200, review.text
    return await client.post(path, fields(review) | {"step": "save"})


async def policy(house: House, actor: Actor) -> Policy:
    async with house.database.tenant_session(actor) as db:
        row = await db.fetchval("SELECT settings FROM screening_alert_policies")
    return Policy.model_validate_json(row) if row else Policy()


async def test_values_in_force_are_shown_with_who_set_them(
    analyst: Client, reviewer: Client
) -> None:
    await imported(reviewer)
    text = (await analyst.get("/screening/policy")).text
    assert "Watch list" in text and "0.50" in text and "the engine" in text
    assert "nobody has changed it" in text and "1 working day" in text and "365 days" in text
    assert "Wong Ka-yan" in text and "Lam Chi Fai" in text, "who may be given alerts"
    await saved(reviewer, "/screening/policy/alerts", clearance_days="180")
    text = (await analyst.get("/screening/policy")).text
    assert "set by Lam Chi Fai" in text and "180 days" in text


async def test_who_may_only_read_is_offered_no_form(
    analyst: Client, reviewer: Client, visitor: Client, house: House, actor: Actor
) -> None:
    made = await imported(reviewer)
    text = (await analyst.get("/screening/policy")).text
    assert "/screening/policy/" not in text
    for path in ("/screening/policy/alerts", f"/screening/policy/lists/{made}"):
        assert (await analyst.get(path)).status == 403
        assert (await analyst.post(path, {"step": "save"})).status == 403
    # An administrator manages lists, and is told nothing of alerts.
    chief = await member(visitor, house, actor, "陳敏儀", Role.ADMINISTRATOR)
    text = (await chief.get("/screening/policy")).text
    assert f"/screening/policy/lists/{made}" in text and "365" not in text
    assert "is shown to those who may look at alerts" in text


async def test_a_change_is_told_in_plain_words_before_it_is_saved(
    reviewer: Client, house: House, actor: Actor
) -> None:
    form = fields(await reviewer.get("/screening/policy/alerts"))
    form |= {"working_days": "3", "holidays": "2026-12-25\n2026-12-26"}
    form.pop("self_assignment")
    review = await reviewer.post("/screening/policy/alerts", form)
    assert review.status == 200
    for told in (
        "New hits may wait longer. Alerts that there are keep their time.",
        "No working days from now on: 25 Dec 2026, 26 Dec 2026.",
        "A reviewer gives alerts out; analysts take none themselves.",
    ):
        assert told in review.text
    assert await policy(house, actor) == Policy(), "nothing is saved yet"
    assert fields(review).items() >= form.items() - {"seen"}, "the form goes along"
    back = await reviewer.post("/screening/policy/alerts", fields(review) | {"step": "edit"})
    assert 'value="3"' in back.text and "2026-12-26" in back.text
    done = await reviewer.post("/screening/policy/alerts", fields(review) | {"step": "save"})
    assert (done.status, done.headers["location"]) == (303, "/screening/policy")
    kept = await policy(house, actor)
    assert (kept.working_days, kept.self_assignment, len(kept.holidays)) == (3, False, 2)


async def test_every_fault_stands_beside_its_field_and_nothing_is_lost(
    reviewer: Client, house: House, actor: Actor
) -> None:
    form = fields(await reviewer.get("/screening/policy/alerts")) | {
        "working_days": "soon", "clearance_days": "0", "weak_working_days": "",
        "holidays": "2026-12-25\n2026-13-01\n", "reporting_entity": "x" * 201, "step": "save",
    }  # fmt: skip
    answer = await reviewer.post("/screening/policy/alerts", form)
    assert answer.status == 422
    for name in ("working_days", "clearance_days", "weak_working_days", "holidays"):
        assert f'id="e-{name}"' in answer.text and f'href="#f-{name}"' in answer.text, name
    assert "Line 2: “2026-13-01” is no day." in answer.text
    assert "5 fields need another look" in answer.text
    kept = fields(answer)
    assert {k: kept[k] for k in ("working_days", "holidays")} == {
        "working_days": "soon", "holidays": "2026-12-25\n2026-13-01\n",
    }  # fmt: skip
    assert await policy(house, actor) == Policy()
    for language, told in (("zh-HK", "5 個欄位"), ("zh-CN", "5 个字段")):
        text = (
            await reviewer.post("/screening/policy/alerts", form, accept_language=language)
        ).text
        assert told in text


async def test_a_form_that_changes_nothing_has_nothing_to_save(reviewer: Client) -> None:
    form = fields(await reviewer.get("/screening/policy/alerts"))
    review = await reviewer.post("/screening/policy/alerts", form)
    assert "Nothing changes" in review.text and 'value="save"' not in review.text


async def test_what_someone_else_set_meanwhile_is_not_overwritten_unseen(
    reviewer: Client, house: House, actor: Actor
) -> None:
    old = fields(await reviewer.get("/screening/policy/alerts")) | {"working_days": "2"}
    await saved(reviewer, "/screening/policy/alerts", clearance_days="90")
    answer = await reviewer.post("/screening/policy/alerts", old | {"step": "save"})
    assert answer.status == 409 and "Someone changed it" in answer.text
    assert "<del>90 days</del>" in answer.text and "<ins>365 days</ins>" in answer.text
    assert (await policy(house, actor)).working_days == 1
    done = await reviewer.post("/screening/policy/alerts", fields(answer) | {"step": "save"})
    assert done.status == 303
    assert (await policy(house, actor)).working_days == 2


@pytest.mark.parametrize(
    ("threshold", "told"),
    [("0.42", "More alerts"), ("0.75", "Fewer alerts"), ("0.5", "The number stays the same")],
)
async def test_a_threshold_says_what_moving_it_does(
    reviewer: Client, threshold: str, told: str
) -> None:
    path = f"/screening/policy/lists/{await imported(reviewer)}"
    form = fields(await reviewer.get(path)) | {"threshold": threshold}
    review = (await reviewer.post(path, form)).text
    assert told in review and "/screening/tuning" in review


async def test_thresholds_by_type_are_set_and_removed(
    reviewer: Client, database: Database, actor: Actor
) -> None:
    made = await imported(reviewer)
    path = f"/screening/policy/lists/{made}"
    rows = {"type-0": "pep", "own-0": "0.4", "type-1": "bank", "own-1": "0.625"}
    assert (await saved(reviewer, path, threshold="0.6", **rows)).status == 303
    text = (await reviewer.get("/screening/policy")).text
    assert "pep 0.40" in text and "bank 0.625" in text and "0.60" in text and "its own" in text
    # Rows come back in the order of their types: 0 is bank, 1 is pep.
    assert (await saved(reviewer, path, **{"type-0": "", "own-0": ""})).status == 303
    async with database.tenant_session(actor) as db:
        row = await db.fetchrow("SELECT * FROM screening_lists WHERE id = $1", UUID(made))
        rescreens = await db.fetchval(
            "SELECT count(*) FROM screening_rescreens WHERE after_version = 0"
        )
    assert (row["threshold"], row["type_thresholds"], row["active"]) == (0.6, '{"pep": 0.4}', True)
    assert rescreens >= 2, "customers are screened again"


async def test_a_list_goes_out_of_use_and_is_named_otherwise(reviewer: Client) -> None:
    made = await imported(reviewer)
    path = f"/screening/policy/lists/{made}"
    form = fields(await reviewer.get(path)) | {"name": "Old watch list"}
    form.pop("active")
    review = await reviewer.post(path, form)
    assert "Nothing is screened against it any more" in review.text
    assert "Only what it is called" in review.text
    await reviewer.post(path, fields(review) | {"step": "save"})
    text = (await reviewer.get("/screening/policy")).text
    assert "Old watch list" in text and "Not in use" in text


async def test_faults_of_a_list_stand_beside_their_rows(reviewer: Client) -> None:
    path = f"/screening/policy/lists/{await imported(reviewer)}"
    form = fields(await reviewer.get(path)) | {
        "name": " ", "threshold": "nan", "type-0": "PEP", "own-0": "0.4", "type-1": "bank",
        "own-1": "1.2", "type-2": "vip", "own-2": "",
    }  # fmt: skip
    answer = await reviewer.post(path, form)
    assert answer.status == 422
    for name in ("name", "threshold", "type-0", "own-1", "own-2"):
        assert f'id="e-{name}"' in answer.text, name
    assert fields(answer)["own-1"] == "1.2"


async def test_a_name_that_another_list_has_is_a_fault_of_the_field(reviewer: Client) -> None:
    await imported(reviewer)
    other = {"name": "Other list", "list": "", "kind": ""}
    made = await send_file(reviewer, "/screening/lists", "other.csv", LIST, other)
    path = f"/screening/policy/lists/{made.headers['location'].split('/')[3]}"
    form = fields(await reviewer.get(path)) | {"name": "Watch list"}
    answer = await reviewer.post(path, form)
    assert answer.status == 422 and "There is a list of that name already." in answer.text


async def test_a_strangers_list_is_not_there(reviewer: Client) -> None:
    path = f"/screening/policy/lists/{UUID(int=7)}"
    assert (await reviewer.get(path)).status == 404
    assert (await reviewer.post(path, {"step": "save"})).status == 404


@given(
    st.builds(
        Policy, working_days=st.integers(0, 60), weak_working_days=st.integers(0, 60),
        clearance_days=st.integers(1, 1830), self_assignment=st.booleans(),
        holidays=st.lists(st.dates(), max_size=20, unique=True).map(sorted),
        list_working_days=st.dictionaries(st.uuids(), st.integers(0, 60), max_size=3),
    )
)  # fmt: skip
def test_a_policy_comes_back_from_its_form_as_it_was(wanted: Policy) -> None:
    sent = Filled(forms.policy_values(wanted))
    assert forms.policy_of(sent, wanted, [], ENGLISH) == wanted and not sent.faults


@given(
    st.builds(
        forms.Settings, name=st.just("UN"), active=st.booleans(),
        threshold=st.none() | st.floats(0, 1, exclude_min=True, exclude_max=True),
        type_thresholds=st.dictionaries(
            st.from_regex(r"[a-z0-9-]{0,40}", fullmatch=True),
            st.floats(0, 1, exclude_min=True, exclude_max=True), max_size=5,
        ),
    )
)  # fmt: skip
def test_a_lists_settings_come_back_from_their_form_as_they_were(wanted: forms.Settings) -> None:
    sent = Filled(forms.list_values(wanted))
    assert forms.list_of(sent, ENGLISH) == wanted and not sent.faults
