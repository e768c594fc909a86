"""What a person does at the real provider: fill in its form, and be sent back."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import aiohttp


async def signed_in_there(url: str, name: str, password: str) -> dict[str, str]:
    """Sign in at the provider's page `url`; the query that the browser is sent back with."""
    async with aiohttp.ClientSession() as browser:
        async with browser.get(url) as answer:
            form = await answer.text()
            assert answer.status == 200, form
        hidden = re.search(r"name=token value=([^>]+)>", form)
        assert hidden, form
        filled = {"username": name, "password": password, "token": hidden[1]}
        place = "{0.scheme}://{0.netloc}/verify".format(urlsplit(url))
        async with browser.post(place, data=filled, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
