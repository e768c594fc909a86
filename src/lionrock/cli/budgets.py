"""`lionrock budgets list|set|remove`: what the tenant, a member or a key may spend in a period."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.limits import add_subject, called, subject
from lionrock.cli.output import emit, say
from lionrock.errors import NotFound
from lionrock.gateway.ledger.budgets import Period
from lionrock.gateway.ledger.writing import amount, millionths
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "budgets", "what may be spent through the gateway")
    action("list", "every budget: spent, reserved, left", run_list)
    setting = action("set", "a budget, or another cap for one that is there", run_set)
    setting.add_argument("amount", metavar="AMOUNT", help="as 250.00")
    setting.add_argument("--currency", metavar="CODE", default="HKD", help="ISO 4217; default HKD")
    removing = action("remove", "end a budget: its calls are no longer held by it", run_remove)
    for parser in (setting, removing):
        add_subject(parser)
        parser.add_argument(
            "--period", required=True, choices=[period.value for period in Period],
            help="days and months begin at midnight in Hong Kong",
        )  # fmt: skip


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/gateway/budgets")
    if arguments.json:
        emit(found)
        return 0
    for one in found["budgets"]:
        budget, taken = one["budget"], one["spent"] + one["reserved"]
        say(
            f"{called(one['subject']):<44} {budget['period']:<6} {budget['currency']} "
            f"{amount(budget['cap'])}: spent {amount(one['spent'])}, reserved "
            f"{amount(one['reserved'])}, left {amount(max(0, budget['cap'] - taken))}"
        )
    return 0


async def run_set(settings: Settings, arguments: argparse.Namespace) -> int:
    budget = {
        "period": arguments.period, "cap": millionths(arguments.amount),
        "currency": arguments.currency.upper(),
    }  # fmt: skip
    async with connect(settings) as client:
        whose = await subject(client, arguments)
        made = await client.put("/v1/gateway/budgets", {"subject": whose, "budget": budget})
    emit(made) if arguments.json else print("✓ set")
    return 0


async def run_remove(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        whose = await subject(client, arguments)
        listed = (await client.get("/v1/gateway/budgets"))["budgets"]
        wanted = (whose["kind"], whose.get("id"), arguments.period)
        found = [
            b["id"] for b in listed
            if (b["subject"]["kind"], b["subject"]["id"], b["budget"]["period"]) == wanted
        ]  # fmt: skip
        if not found:
            raise NotFound("There is no such budget. `lionrock budgets list` shows them.")
        await client.delete(f"/v1/gateway/budgets/{found[0]}")
    emit({"id": found[0], "removed": True}) if arguments.json else print("✓ removed")
    return 0
