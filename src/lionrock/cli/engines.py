"""`lionrock engines`, and its `check URL`: whether a server speaks the protocol that the gateway needs."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lionrock.cli import engines_operating
from lionrock.cli.actions import group
from lionrock.cli.output import emit, say
from lionrock.gateway.conformance import Finding, Target, Verdict, check, line, summary
from lionrock.gateway.conformance.wire import key_in
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.kernel.egress import Egress
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "engines", "the engines behind the gateway")
    engines_operating.register(action)
    checking = action("check", "ask an engine all that the gateway relies on", run_check)
    checking.add_argument("url", metavar="URL", help="http(s)://host:port or unix:/path/of/a.sock")
    checking.add_argument(
        "--kind", choices=[kind.value for kind in EngineKind], help="default: as it says it is"
    )
    checking.add_argument("--key-file", metavar="FILE", type=Path, help="holds its key")
    checking.add_argument("--model", metavar="NAME", help="default: the first that it lists")
    checking.add_argument(
        "--context", metavar="TOKENS", type=_count, help="its context, where it does not tell it"
    )
    checking.add_argument(
        "--at-once", metavar="N", type=_count, help="how many requests it works on at once"
    )


async def run_check(settings: Settings, arguments: argparse.Namespace) -> int:
    """Exit 1 if any check failed. What could not be told is no failure."""
    target = Target(
        arguments.url,
        key=key_in(arguments.key_file) if arguments.key_file else None,
        kind=EngineKind(arguments.kind) if arguments.kind else None,
        model=arguments.model,
        context=arguments.context,
        at_once=arguments.at_once,
    )
    findings: list[Finding] = []
    async for finding in check(target, egress=Egress(settings.egress_hosts)):
        findings.append(finding)
        if not arguments.json:
            say(line(finding))
    if arguments.json:
        emit({"findings": [asdict(finding) for finding in findings]})
    else:
        say(summary(findings))
    return int(any(finding.verdict is Verdict.FAIL for finding in findings))


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
