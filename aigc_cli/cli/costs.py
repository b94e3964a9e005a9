"""`aigc costs`: what servers were paid, by month, server and model."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from aigc_cli.cli.arguments import Json


def costs(days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How far back to look.")] = 365, json_: Json = False) -> None:
    """Tell what servers were paid, by month, server and model. The ledger outlives the runs that are forgotten."""
    from aigc_cli import config, prices
    from aigc_cli.cli import console
    from aigc_cli.engine.journal import Journal

    spent = Journal(config.cache_dir()).spending(time.time() - days * 86_400)
    if json_:
        console.print_json({"costs": [vars(each) for each in spent]})
        return
    if not spent:
        console.say("nothing was paid")
        return
    rows = [
        (each.month, each.server, each.model, str(each.calls), prices.amount_text(each.amount, each.currency), str(each.unknown or ""))
        for each in spent
    ]
    console.print_table(("month", "server", "model", "calls", "cost", "without a price"), rows)
    for currency in dict.fromkeys(each.currency for each in spent):
        total = sum(each.amount for each in spent if each.currency == currency)
        console.result(f"in all: {prices.amount_text(total, currency)}")
