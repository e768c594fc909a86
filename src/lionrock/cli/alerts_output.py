"""What `lionrock alerts` prints."""

from __future__ import annotations

from typing import Any

from lionrock.cli.output import say
from lionrock.cli.screen_output import say_evidence, score


def say_queue(found: dict[str, Any]) -> None:
    for one in found["alerts"]:
        late = " overdue" if one["overdue"] else ""
        who = one["name"] or "(shown to who takes it)"
        hits = "1 hit" if one["hits"] == 1 else f"{one['hits']} hits"
        due = one["due_at"][:10]
        say(f"{one['id']}  {one['state']:<9} {score(one['score'])}  {hits}  due {due}{late}  {who}")
    if not found["alerts"]:
        say("No alert waits.")
    elif found["next"]:
        say("There are more (--limit).")


def say_case(case: dict[str, Any]) -> None:
    """Both sides of each hit, the proposal that waits, and each step."""
    alert = case["alert"]
    ended = f": {alert['disposition']}, {alert['reason']}" if alert["disposition"] else ""
    say(f"{alert['name']}  {alert['state']}{ended}  due {alert['due_at'][:10]}")
    for hit in case["hits"]:
        _say_hit(hit)
    for step in case["steps"]:
        note = f": {step['note']}" if step["note"] else ""
        say(f"  {step['made_at'][:16].replace('T', ' ')}  {step['kind']}{note}")
    if proposal := case["proposal"]:
        say(f"  Waits: {proposal['disposition']}, {proposal['reason']}. {proposal['note']}")
        say(f"  content {proposal['content_hash']}")


def _say_hit(hit: dict[str, Any]) -> None:
    state = " (gone)" if hit["gone_at"] else " (cleared)" if hit["cleared"] else ""
    kept = hit["evidence"]
    if kept is None:
        say(f"  {score(hit['score'])}  its key has been destroyed{state}")
        return
    match = kept["match"]
    names = f"{match['query_name']['text']} ↔ {match['listed_name']['text']}"
    say(f"  {score(hit['score'])}  {names}  [{kept['list_name']} {kept['listed']['id']}]{state}")
    for label, side in (("subject", kept["subject"]), ("listed", kept["listed"])):
        say(f"    {label:<8}{_facts(side)}")
    say_evidence(match["evidence"])


def _facts(side: dict[str, Any]) -> str:
    parts = ["; ".join(n["text"] for n in side["names"][:5])]
    parts += [_birth(b) for b in side["births"]]
    parts += [", ".join(side["countries"]).upper()] if side["countries"] else []
    parts += [f"{i['kind']} {i['value']}" for i in side["identifiers"][:3]]
    return " · ".join(parts)


def _birth(birth: dict[str, Any]) -> str:
    same = birth["earliest"] == birth["latest"]
    return f"born {birth['earliest']}" + ("" if same else f" to {birth['latest']}")
