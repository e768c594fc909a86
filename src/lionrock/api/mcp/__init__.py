"""The Model Context Protocol for clients with a service key: capabilities as tools, pages as resources.

`tools` makes a tool of each declared capability, `library` those that look into the library, `calling`
runs one and words what went wrong, `serving` speaks the protocol through the official SDK, `routes` is
where it comes in. Nothing here opens a connection.
"""
