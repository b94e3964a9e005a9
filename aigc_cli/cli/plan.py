"""`aigc plan`."""

from __future__ import annotations

from aigc_cli.cli.arguments import Force, InputsFile, Json, NoCache, Offline, Profile, Seed, SetInputs, WorkflowName


def plan(  # noqa: PLR0917  # options of a command line
    workflow: WorkflowName,
    set_: SetInputs = None,
    inputs: InputsFile = None,
    profile: Profile = None,
    seed: Seed = None,
    offline: Offline = False,
    force: Force = None,
    no_cache: NoCache = False,
    json_: Json = False,
) -> None:
    """Say what would run, what is cached, and why; run nothing."""
    from aigc_cli import prices
    from aigc_cli.cli import console
    from aigc_cli.engine.job import Options
    from aigc_cli.engine.journal import Journal
    from aigc_cli.engine.plan import plan as plan_job
    from aigc_cli.engine.prepare import prepare

    job = prepare(
        workflow,
        set_ or [],
        inputs,
        Options(profile=profile, seed=seed, is_offline=offline, force=tuple(force or ()), no_cache=no_cache),
    )
    steps = plan_job(job, Journal(job.cache.root))
    known = [step.expected_s for step in steps if step.expected_s is not None]
    cost = sum(step.cost for step in steps if step.cost is not None)
    is_complete = all(step.cost is not None and step.status != "unknown" for step in steps)
    currency = prices.load().currency
    if json_:
        console.print_json(
            {
                "workflow": job.workflow.name,
                "steps": [
                    {
                        "id": step.id,
                        "kind": step.kind,
                        "provider": step.provider,
                        "status": step.status,
                        "reason": step.reason,
                        "items": step.items,
                        "cached_items": step.cached,
                        "expected_s": None if step.expected_s is None else round(step.expected_s, 3),
                        "cost": None if step.cost is None else round(step.cost, 6),
                    }
                    for step in steps
                ],
                "expected_s": round(sum(known), 3),
                "cost": {"amount": round(cost, 6), "currency": currency, "is_complete": is_complete},
            }
        )
        return
    rows = []
    for step in steps:
        items = "" if step.items is None else f"{step.cached}/{step.items} cached"
        rows.append((step.status, step.id, step.kind, step.provider or "-", items, console.seconds_text(step.expected_s), step.reason))
    console.print_table(("what", "step", "kind", "provider", "items", "about", "why"), rows)
    count = sum(step.status in ("run", "unknown") for step in steps)
    if any(step.cost is None or step.cost for step in steps):
        unknown = [f"`{step.id}`" for step in steps if step.cost is None]
        told = f", and {', '.join(unknown)}, whose price no list knows" if unknown else "" if is_complete else ", and what waits"
        console.say(f"cost: up to {prices.amount_text(cost, currency)} when all is right at the first try{told}")
    console.say(f"{count} of {len(steps)} steps may run" if count else "everything is cached: nothing would run")
