"""`aigc voices`: who can speak, and how each sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json

app = typer.Typer(add_completion=False, invoke_without_command=True, help="List the voices, hear one, or make a page of samples.")

_SAMPLES = {
    "en": "Good morning. Here is what matters today: 3 new cafés open downtown, and coffee is only $3.50!",
    "zh": "早上好。今天的消息：市中心新开了3家咖啡馆，一杯咖啡只要25元！",
    "es": "Buenos días. Hoy abren tres cafés nuevos en el centro, ¡y el café cuesta solo 1,50 €!",
    "fr": "Bonjour. Aujourd'hui, 3 nouveaux cafés ouvrent dans le centre, et le café ne coûte que 1,50 € !",
    "it": "Buongiorno. Oggi aprono 3 nuovi bar in centro, e il caffè costa solo 1,20 €!",
    "pt": "Bom dia. Hoje abrem 3 cafés novos no centro, e o café custa só R$ 5,50!",
    "de": "Guten Morgen. Heute öffnen drei neue Cafés in der Innenstadt.",
}


def _catalogue() -> list[dict[str, Any]]:
    """Every voice of every speech provider that lists some, with its provider's name."""
    from aigc_cli import registry
    from aigc_cli.errors import AigcError

    found = []
    for name in registry.providers("speech"):
        try:
            kind = registry.provider("speech", name)
            listed = getattr(kind, "voices", None)
            voices = listed() if listed is not None and not kind.is_fake else ()
        except AigcError:
            continue
        found += [{**voice.model_dump(mode="json"), "provider": name} for voice in voices]
    return found


def _spoken_by(voices: list[dict[str, Any]], language: str | None) -> list[dict[str, Any]]:
    from aigc_cli.errors import WorkflowError

    if language is None:
        return voices
    tag = language.replace("_", "-").lower()
    found = [voice for voice in voices if any(own.lower() == tag or own.lower().partition("-")[0] == tag for own in voice["languages"])]
    if not found:
        spoken = sorted({own.partition("-")[0] for voice in voices for own in voice["languages"]})
        raise WorkflowError(f"no voice speaks `{language}`", f"voices speak {', '.join(f'`{each}`' for each in spoken)}")
    return found


@app.callback()
def _root(
    context: typer.Context,
    language: Annotated[str | None, typer.Option("--language", metavar="TAG", help="Only voices of this language, such as zh.")] = None,
    json_: Json = False,
) -> None:
    if context.invoked_subcommand is None:
        list_(language, json_=json_)


@app.command("list")
def list_(
    language: Annotated[str | None, typer.Option("--language", metavar="TAG", help="Only voices of this language, such as zh.")] = None,
    json_: Json = False,
) -> None:
    """List the voices: name, language, and what each is good for."""
    from aigc_cli.cli import console

    voices = _spoken_by(_catalogue(), language)
    if json_:
        console.print_json({"voices": voices})
        return
    console.print_table(
        ("voice", "languages", "gender", "good for", "provider"),
        [(each["name"], ", ".join(each["languages"]), each["gender"], each["style"], each["provider"]) for each in voices],
    )


@app.command("try")
def try_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A voice, or a blend such as heart:0.6+bella:0.4.")],
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What to say; a sample of the voice's language by default.")] = None,
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The WAV file to write; NAME.wav by default.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", help="The text's language; the voice's own by default.")
    ] = None,
    speed: Annotated[float, typer.Option("--speed", min=0.5, max=2.0, help="1 is the voice's own pace.")] = 1.0,
    pitch: Annotated[float, typer.Option("--pitch", min=-6, max=6, help="Semitones up or down.")] = 0.0,
    provider: Annotated[str | None, typer.Option("--provider", metavar="NAME", help="The engine to use.")] = None,
    json_: Json = False,
) -> None:
    """Have a voice say something, and print the path of the WAV file."""
    import re

    from aigc_cli.cli import console
    from aigc_cli.engine.audition import Stage

    spoken = language or _language_of(name, provider)
    path = out or Path(re.sub(r"[^\w.-]+", "-", name).strip("-.") + ".wav")
    stage = Stage()
    wishes = {"text": text if text is not None else _sample(spoken), "language": spoken, "voice": name, "speed": speed, "pitch": pitch}
    take = stage.say(wishes, path, provider=provider)
    for note in stage.notes:
        console.say(note)
    if json_:
        told = {key: take[key] for key in ("duration_s", "text", "spoken", "language", "voice", "provider")}
        words = [word.model_dump(mode="json") for word in take["words"]]
        console.print_json({"file": str(path.resolve()), **told, "words": words})
    else:
        console.result(str(path))


@app.command()
def samples(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; its index.html opens in a browser.")],
    language: Annotated[str | None, typer.Option("--language", metavar="TAG", help="Only voices of this language.")] = None,
) -> None:
    """Make a page on which every embedded voice can be heard."""
    from aigc_cli import registry
    from aigc_cli.artifacts import storage_error
    from aigc_cli.cli import console
    from aigc_cli.engine.audition import Stage

    embedded = {kind.name for kind in registry.embedded("speech")}
    voices = _spoken_by([voice for voice in _catalogue() if voice["provider"] in embedded], language)
    stage = Stage()
    for voice in voices:
        console.say(f"{voice['name']} speaks")
        spoken = voice["languages"][0]
        wishes = {"text": _sample(spoken), "language": spoken, "voice": voice["name"]}
        stage.say(wishes, folder / f"{voice['name']}.wav", provider=voice["provider"])
    page = folder / "index.html"
    try:
        page.write_text(_page(voices), encoding="utf-8")
    except OSError as error:
        raise storage_error(error, page) from error
    console.result(str(page))


def _language_of(name: str, provider: str | None) -> str:
    """The first language of a voice, or of the first in a blend. English for one that nobody lists: the engine knows better."""
    from aigc_cli.errors import WorkflowError
    from aigc_cli.workflow.problems import nearest

    voices = _catalogue()
    first = name.partition("+")[0].partition(":")[0].strip()
    found = next((voice for voice in voices if voice["name"] in (first, name)), None)
    if found is not None:
        return str(found["languages"][0])
    if provider is not None:
        return "en"
    raise WorkflowError(f"there is no voice `{first}`", nearest(first, [voice["name"] for voice in voices]))


def _sample(language: str) -> str:
    from aigc_cli.errors import WorkflowError

    text = _SAMPLES.get(language.replace("_", "-").partition("-")[0].lower())
    if text is None:
        raise WorkflowError(f"there is no sample text for `{language}`", 'give one: `aigc voices try NAME "text"`')
    return text


def _page(voices: list[dict[str, Any]]) -> str:
    from html import escape

    rows = "\n".join(
        f"<tr><td><b>{escape(each['name'])}</b><td>{escape(', '.join(each['languages']))}<td>{escape(each['gender'])}"
        f'<td>{escape(each["style"])}<td><audio controls preload="none" src="{escape(each["name"], quote=True)}.wav"></audio>'
        for each in voices
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Voices</title>\n'
        "<style>body{font:16px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
        "td{padding:.4rem .8rem .4rem 0;vertical-align:middle}audio{width:18rem}</style>\n"
        f"<h1>Voices</h1>\n<table>\n{rows}\n</table>\n</html>\n"
    )
