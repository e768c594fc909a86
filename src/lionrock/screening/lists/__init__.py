"""Importers: what authorities publish, and any institution's own list, to a stream of entities.

`reading.read` is the way in. One module a format; nothing here touches a database or the network.
"""
