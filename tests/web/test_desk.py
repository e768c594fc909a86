from __future__ import annotations

import re
from uuid import uuid4

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.web.client import Client
from tests.web.test_library import add, set_state


async def test_the_desk_lists_what_the_reader_may_do(reader: Client, trial: str) -> None:
    page = await reader.get("/desk")
    assert page.status == 200
    assert f'href="/c/{trial}"' in page.text and "Try something." in page.text
    assert 'href="/c/ask"' not in page.text, "asking has a page of its own"
    assert 'href="/desk" aria-current="page"' in page.text


async def test_documents_are_chosen_by_their_names(
    reader: Client, database: Database, actor: Actor
) -> None:
    wanted, other = await add(reader, "fees.md"), await add(reader, "policy.md", b"other words")
    for document in (wanted, other):
        await set_state(database, actor, document, "ready", 0, 0)
    found = await reader.get("/desk/documents?field=documents&many=true&look=FEE")
    assert f'value="{wanted}"' in found.text and other not in found.text
    both = await reader.get(f"/desk/documents?field=documents&many=true&look=fee&documents={other}")
    ticked = re.findall(r'value="([^"]*)" (checked)?', both.text)
    assert ticked == [(other, "checked"), (wanted, "")], "what was chosen stays chosen"


async def test_what_is_no_document_is_passed_over(reader: Client) -> None:
    found = await reader.get(
        f"/desk/documents?field=documents&documents=nonsense&documents={uuid4()}"
    )
    assert found.status == 200 and "No documents yet" in found.text
    named = await reader.get("/desk/documents?field=documents&look=zebra")
    assert "No document is called that." in named.text


async def test_a_page_of_a_task_opens_with_the_documents_that_were_chosen(
    reader: Client, trial: str
) -> None:
    page = await reader.get(f"/c/{trial}")
    assert page.status == 200 and '<a href="/desk">Desk</a>' in page.text
