"""`aigc doctor`: checks this machine, and says what to do about what is missing."""

from __future__ import annotations

import typer

from aigc_cli.cli.arguments import Json


def doctor(json_: Json = False) -> None:
    """Check that this machine has all that is needed."""
    from aigc_cli.cli import console
    from aigc_cli.engine.checkup import checkup

    checks = list(checkup())
    if json_:
        rows = [{"what": each.what, "status": each.status, "found": each.found, "cure": each.cure} for each in checks]
        console.print_json({"status": "ok" if all(each.status != "bad" for each in checks) else "failed", "checks": rows})
    else:
        console.print_table(("state", "what", "found"), [(each.status, each.what, each.found) for each in checks])
        for each in checks:
            if each.cure and each.status != "ok":
                console.say(f"{each.what}: {each.cure}")
    if any(each.status == "bad" for each in checks):
        raise typer.Exit(3)
