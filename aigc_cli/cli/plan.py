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
                    }
                    for step in steps
                ],
                "expected_s": round(sum(known), 3),
                "cost": {"amount": 0.0, "currency": "USD"},
            }
        )
        return
    rows = []
    for step in steps:
        items = "" if step.items is None else f"{step.cached}/{step.items} cached"
        rows.append((step.status, step.id, step.kind, step.provider or "-", items, console.seconds_text(step.expected_s), step.reason))
    console.print_table(("what", "step", "kind", "provider", "items", "about", "why"), rows)
    count = sum(step.status in ("run", "unknown") for step in steps)
    console.say(f"{count} of {len(steps)} steps may run" if count else "everything is cached: nothing would run")
