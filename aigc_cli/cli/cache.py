"""`aigc cache`: what is kept, whether it is whole, and how to make room."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json

_KEPT_RUNS = 5

app = typer.Typer(add_completion=False, invoke_without_command=True, help="See and clean the cache.")


@app.callback()
def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_(json_: Json = False) -> None:
    """Show how much is kept, by kind of step."""
    from aigc_cli.cli import console

    cache = _cache()
    kinds: dict[tuple[str, str], list[int]] = {}
    for action in cache.actions():
        entry = kinds.setdefault((action.kind, action.provider), [0, 0])
        entry[0] += 1
        entry[1] += sum(artifact.size for artifact in action.artifacts)
    total = sum(facts.st_size for _, _, facts in cache.blobs())
    rows = [(kind, provider, count, size) for (kind, provider), (count, size) in sorted(kinds.items())]
    if json_:
        entries = [{"kind": kind, "provider": provider, "results": count, "bytes": size} for kind, provider, count, size in rows]
        console.print_json({"folder": str(cache.root), "bytes": total, "entries": entries})
        return
    console.print_table(
        ("kind", "provider", "results", "size"),
        [(kind, provider or "-", count, console.size_text(size)) for kind, provider, count, size in rows],
    )
    console.say(f"{console.size_text(total)} in {cache.root}")


@app.command()
def verify(json_: Json = False) -> None:
    """Read every kept file again; what is damaged is removed, and the next run makes it anew."""
    from aigc_cli.cli import console

    count, damaged = _cache().verify()
    if json_:
        console.print_json({"read": count, "damaged": damaged})
    else:
        for digest in damaged:
            console.result(digest)
        console.say(f"{count} files read, {len(damaged)} damaged{' and removed' if damaged else ''}")
    raise typer.Exit(5 if damaged else 0)


@app.command()
def gc(
    max_gb: Annotated[float | None, typer.Option("--max-gb", min=0, help="Size to come down to; by default what the settings say.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")] = False,
    json_: Json = False,
) -> None:
    """Remove what was used longest ago until the cache fits its size. Results of the last five runs stay."""
    from aigc_cli import config
    from aigc_cli.engine.journal import Journal

    limit = config.load_settings().cache_max_bytes if max_gb is None else int(max_gb * 1e9)
    cache = _cache()
    _sweep(cache, limit, Journal(cache.root).recent_keys(_KEPT_RUNS), is_dry=dry_run, is_json=json_)


@app.command()
def clear(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")] = False, json_: Json = False
) -> None:
    """Remove everything that is kept. Finished files in your own folders stay."""
    _sweep(_cache(), 0, set(), is_dry=dry_run, is_json=json_)


def _sweep(cache: Any, limit: int, keep: set[str], *, is_dry: bool, is_json: bool) -> None:
    from aigc_cli.cli import console
    from aigc_cli.engine import locks
    from aigc_cli.errors import StorageError

    lock = locks.acquire(cache.root / "use.lock", wait_s=0)
    if lock is None:
        raise StorageError("a run is using the cache", "try again when it has ended")
    try:
        swept = cache.gc(limit, keep=keep, is_dry=is_dry)
        if not is_dry:
            cache.sweep_temporaries()
    finally:
        lock.close()
    if is_json:
        console.print_json(
            {"results": swept.actions, "files": swept.blobs, "freed_bytes": swept.freed_bytes, "left_bytes": swept.left_bytes}
        )
        return
    verb = "would go" if is_dry else "removed"
    freed, left = console.size_text(swept.freed_bytes), console.size_text(swept.left_bytes)
    console.say(f"{swept.actions} results and {swept.blobs} files {verb}: {freed}; {left} {'would be ' if is_dry else ''}left")


def _cache() -> Any:
    from aigc_cli import config
    from aigc_cli.engine.run import open_cache

    return open_cache(config.cache_dir())
