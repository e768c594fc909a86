"""What `lionrock lists` prints."""

from __future__ import annotations

from typing import Any

from lionrock.cli.output import say
from lionrock.cli.screen_output import padded

_FEW = 5


def say_list(one: dict[str, Any]) -> None:
    state = "" if one["active"] else "  out of use"
    own = "" if one["threshold"] is None else f"  threshold {one['threshold']:g}"
    version = f"version {one['current_version']}" if one["current_version"] else "nothing imported"
    name, entries = padded(one["name"], 28), f"entries {one['entries']:>9,}"
    say(f"{name} {one['kind']:<14} {entries}  {version}{own}{state}  {one['id']}")


def say_version(version: dict[str, Any]) -> None:
    published = f"published {version['published']}" if version["published"] else ""
    say(
        f"  {version['number']:>4}  {version['state']:<8} {version['imported_at'][:10]}  "
        f"{counts(version)}  {published}".rstrip()
    )
    if version["reason"]:
        say(f"        {version['reason']}")


def say_imported(found: dict[str, Any]) -> None:
    """What an import did, and what the user should know of it."""
    listed, version = found["list"], found["version"]
    name = f"{listed['name']} (a new list)" if listed["created"] else listed["name"]
    if found["repeated"]:
        say(f"= {name}: the file is that of version {version['number']}; nothing changed.")
        return
    if version["state"] == "pending":
        say(f"! {name}, version {version['number']} waits: {version['reason']}")
        say(f"  Look: lionrock lists diff '{listed['name']}'")
        say(f"  Then: lionrock lists confirm '{listed['name']}' --email YOU, or refuse")
    else:
        published = f", published {version['published']}" if version["published"] else ""
        say(f"✓ {name}, version {version['number']}{published}")
    say(f"  {counts(version)}")
    say(f"  sha256 {version['sha256']}")
    for words in found["skipped"][:_FEW]:
        say(f"  left out: {words}")
    for words in found["notices"]:
        say(f"  note: {words}")


def counts(version: dict[str, Any]) -> str:
    told = ", ".join(f"{version[k]:,} {k}" for k in ("added", "changed", "removed"))
    skipped = f", {version['skipped']:,} left out" if version["skipped"] else ""
    entries = "entry" if version["total"] == 1 else "entries"
    return f"{version['total']:,} {entries}: {told}{skipped}"


def say_difference(one: dict[str, Any]) -> None:
    sign = {"added": "+", "removed": "-", "changed": "~"}[one["kind"]]
    say(f"{sign} {one['entry']}  {one['name']}")
    for name, (before, after) in one["fields"].items():
        say(f"    {name}: {_told(before)} → {_told(after)}")


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return "; ".join(_told(v) for v in value) or "nothing"
    if isinstance(value, dict):
        return str(value.get("text") or value.get("value") or " ".join(map(str, value.values())))
    return str(value)
