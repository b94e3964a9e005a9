"""`aigc providers`: who can do what."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json, Offline

app = typer.Typer(add_completion=False, invoke_without_command=True, help="List who can do what, their options, and their voices.")


@app.callback()
def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_(
    capability: Annotated[str | None, typer.Argument(metavar="[CAPABILITY]", help="Only this one, such as speech.")] = None,
    offline: Offline = False,
    json_: Json = False,
) -> None:
    """List all providers by capability, and the voices of those that speak."""
    from aigc_cli import registry
    from aigc_cli.cli import console
    from aigc_cli.errors import WorkflowError
    from aigc_cli.workflow.problems import nearest

    known = registry.capabilities()
    if capability is not None and capability not in known:
        raise WorkflowError(f"`{capability}` is not a capability", nearest(capability, known))
    wanted = known if capability is None else (capability,)
    found = [_facts(each, name, is_offline=offline) for each in wanted for name in registry.providers(each)]
    if json_:
        console.print_json({"providers": found})
        return
    rows = [(each["capability"], each["name"], each["state"], each["about"]) for each in found]
    console.print_table(("capability", "provider", "state", "what it is"), rows)
    voices = [(voice, each["name"]) for each in found for voice in each["voices"]]
    if voices:
        console.result("")
        console.print_table(
            ("voice", "provider", "languages", "gender", "style"),
            [(voice["name"], name, ", ".join(voice["languages"]), voice["gender"], voice["style"]) for voice, name in voices],
        )


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A provider, such as kokoro or speech.kokoro.")], json_: Json = False
) -> None:
    """Show a provider: what it needs, its options, its voices."""
    from aigc_cli import registry
    from aigc_cli.cli import console
    from aigc_cli.errors import WorkflowError
    from aigc_cli.workflow.problems import nearest

    every = [(capability, each) for capability in registry.capabilities() for each in registry.providers(capability)]
    matching = [pair for pair in every if name in (pair[1], ".".join(pair))]
    if not matching:
        raise WorkflowError(f"there is no provider `{name}`", nearest(name, [each for _, each in every]))
    found = [_facts(*pair, is_offline=False) for pair in matching]
    if json_:
        console.print_json({"providers": found})
        return
    for each in found:
        console.result(f"{each['capability']}.{each['name']} (version {each['version']}): {each['about']}")
        console.result(f"state: {each['state']}")
        for need in each["needs"]:
            console.result(f"needs: {need['kind']} {need['name']}".rstrip())
        if each["options"]:
            console.print_table(
                ("option", "type", "default", "what it is"),
                [(option["name"], option["type"], option["default"], option["description"]) for option in each["options"]],
            )
        if each["voices"]:
            console.print_table(
                ("voice", "languages", "gender", "style"),
                [(voice["name"], ", ".join(voice["languages"]), voice["gender"], voice["style"]) for voice in each["voices"]],
            )


def _facts(capability: str, name: str, *, is_offline: bool) -> dict[str, Any]:
    from aigc_cli import registry
    from aigc_cli.engine.choose import unmet
    from aigc_cli.errors import AigcError

    try:
        kind = registry.provider(capability, name)
    except AigcError as error:
        return {
            "capability": capability,
            "name": name,
            "version": None,
            "state": f"cannot be loaded: {error.message}",
            "about": "",
            "is_embedded": False,
            "is_fake": False,
            "needs": [],
            "options": [],
            "voices": [],
        }
    refusal = next(filter(None, (unmet(need, name, is_offline=is_offline) for need in kind.needs)), None)
    state = refusal.message if refusal is not None else "embedded" if kind.is_embedded else "for tests" if kind.is_fake else "ready"
    schema = kind.model_json_schema().get("properties", {})
    return {
        "capability": capability,
        "name": name,
        "version": kind.version,
        "state": state,
        "about": (kind.__doc__ or "").strip().split("\n")[0],
        "is_embedded": kind.is_embedded,
        "is_fake": kind.is_fake,
        "needs": [{"kind": need.kind, "name": need.name, "cure": need.cure} for need in kind.needs],
        "options": [
            {
                "name": option,
                "type": _type_text(facts),
                "default": facts.get("default"),
                "description": facts.get("description", ""),
            }
            for option, facts in schema.items()
        ],
        "voices": _voices(kind),
    }


def _type_text(facts: dict[str, Any]) -> str:
    if "enum" in facts:
        return ", ".join(str(each) for each in facts["enum"])
    if "anyOf" in facts:
        return " or ".join(_type_text(each) for each in facts["anyOf"])
    return str(facts.get("type", facts.get("const", "value")))


def _voices(kind: Any) -> list[dict[str, Any]]:
    if not hasattr(kind, "voices"):
        return []
    return [voice.model_dump(mode="json") for voice in kind().voices()]
