"""Lists, people and forms for the tests of the screening pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from uuid import UUID

from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from tests.web.client import BOUNDARY, Answer, Client
from tests.web.conftest import House
from tests.web.test_members import colleague

LIST = (
    "Ref,Name,Chinese name,DOB,Nationality,HKID\n"
    "W-1,,陳大文,1962-03-04,China,\n"
    "W-2,Wong Siu Ming,黃小明,1970,Hong Kong,A123456(3)\n"
    "W-3,Ivan Petrov,,1955-05,Russia,\n"
).encode()


async def member(visitor: Client, house: House, chief: Actor, called: str, *roles: Role) -> Client:
    """Someone of the tenant, signed in."""
    made = await colleague(house, chief, called, *roles)
    session = await identity.issue(house.database, chief.tenant_id, made, "session")
    return Client(visitor.app, {"lionrock_session": session})


async def send_file(
    client: Client, path: str, name: str, content: bytes, fields: Mapping[str, str] | None = None,
    **headers: str,
) -> Answer:  # fmt: skip
    """A form with a file and fields beside it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in (fields or {}).items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await client.send("POST", path, b"".join(parts), kind | headers)


async def imported(client: Client, content: bytes = LIST, into: UUID | str = "") -> str:
    """The id of the list that the file went into."""
    fields = {"name": "" if into else "Watch list", "list": str(into), "kind": ""}
    answer = await send_file(client, "/screening/lists", "watch.csv", content, fields)
    assert answer.status == 303, answer.text
    return answer.headers["location"].split("/")[3]


async def hit(client: Client, name: str = "CHAN Tai Man") -> str:
    """Screen a name on record; the id of the first alert in the queue."""
    answer = await client.post("/screening/desk", {"name": name, "kind": "Person", "birth": "1962"})
    assert answer.status == 200, answer.text
    queue = (await client.get("/screening/alerts?order=newest")).text
    return queue.partition("/screening/alerts/")[2].partition("/")[0].partition('"')[0]


def fields(answer: Answer) -> dict[str, str]:
    """What the form of a page would send, without its buttons."""
    form = answer.text.partition('id="desk"')[2]
    inputs = re.findall(r"<input[^>]*>", form)
    found = {}
    for one in inputs:
        name, value = (re.search(rf'{k}="([^"]*)"', one) for k in ("name", "value"))
        if name and ('type="checkbox"' not in one or " checked" in one):
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)', form):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(
            r'value="([^"]*)"', options
        )
        found[name] = unescape(chosen[1]) if chosen else ""
    return found
