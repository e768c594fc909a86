"""Which fields pass between clients and engines: requests checked and translated, answers cleaned.

Pure: bytes in, bytes out; no sockets, no clock, no database. `docs/gateway-fields.md` is the table
for authors of clients.
"""
