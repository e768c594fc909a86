"""Lionrock: an AI workbench a regulated institution runs on its own machines.

Every use becomes evidence. Rooms are listed in `docs/architecture.md`; `app.py` wires them.
"""

__version__ = "0.1.0"
