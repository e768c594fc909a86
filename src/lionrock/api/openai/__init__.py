"""OpenAI's API for clients of the gateway: a raw ASGI handler before the rest of the application.

No framework is on its way: `door` routes, `callers` knows who calls, `answers` writes, `errors` words.
"""
