"""Narration: processor time for a second of speech, memory, and how far caption words are from the sound of a finished file."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.listening import Bench, sentences, take
from benchmarks.measuring import AIGC, Figure, run

_LINES = {
    "en": (
        *("product=Pikolo Espresso", "points=Ready in 30 seconds, even on a Monday morning", "points=Real beans, no capsules, no waste"),
        *("points=Small, light, and easy to clean", "price=$3.50", "tagline=Good coffee, anywhere", "length_s=30"),
    ),
    "zh": (
        *("product=小壶咖啡", "points=30秒出杯，早晨不用等", "points=真正的咖啡豆，没有胶囊", "points=小巧轻便，容易清洗"),
        *("price=¥25", "tagline=好咖啡，随身带", "length_s=30", "language=zh"),
    ),
}
_BLOCK_S = 0.005
_SILENCE_S = 0.080
_NEAR_S = 0.30


def rate(language: str, count: int) -> tuple[float, float, float]:
    """Processor seconds and wall seconds per second of speech, and seconds of speech, once the model is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        lines = sentences(language)
        take(bench, lines[0], language, None)
        text = ("" if language == "zh" else " ").join(lines[:count])
        wall, cpu = time.perf_counter(), time.process_time()
        speech = take(bench, text, language, None)
        return (time.process_time() - cpu) / speech.duration_s, (time.perf_counter() - wall) / speech.duration_s, speech.duration_s


def peak_mb(language: str, count: int) -> float:
    """Most memory of a process that does nothing but narrate."""
    code = (
        "from benchmarks.measuring import own_peak_mb; from benchmarks.speech import rate;"
        f" rate({language!r}, {count}); print(own_peak_mb())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def onsets(samples: Any, rate_hz: int) -> list[float]:
    """When sound begins after a silence of at least 80 ms, in seconds: 5 ms blocks that rise above -38 dB of the loud ones."""
    import numpy as np

    block = int(rate_hz * _BLOCK_S)
    whole = len(samples) // block
    levels = np.sqrt(np.mean(np.square(samples[: whole * block].reshape(whole, block), dtype=np.float64), axis=1))
    loud = levels > np.quantile(levels, 0.95) * 10 ** (-38 / 20)
    found, quiet = [], _SILENCE_S
    for index, is_loud in enumerate(loud):
        if is_loud and quiet >= _SILENCE_S and loud[index : index + 8].mean() > 0.8:
            found.append(index * _BLOCK_S)
        quiet = 0.0 if is_loud else quiet + _BLOCK_S
    return found


def word_errors(language: str) -> list[float]:
    """For every word of a finished clip that begins after a silence, how far its caption is from the sound, in milliseconds."""
    from aigc_cli.media.audio.sound import decode

    with tempfile.TemporaryDirectory() as folder:
        sets = [part for line in _LINES[language] for part in ("--set", line)]
        run(
            [*AIGC, "run", "product-clip", *sets, "--set", "music=none", "--profile", "draft", "--out", folder, "--quiet"],
            env={"AIGC_CACHE_DIR": f"{folder}/cache"},
        )
        words = json.loads((Path(folder) / "product-clip.words.json").read_text(encoding="utf-8"))["words"]
        samples = decode(Path(folder) / "product-clip-9x16.mp4").mean(axis=1)
    found = onsets(samples, 48_000)
    starts = [float(word["start_s"]) for word in words]
    errors = []
    for onset in found:
        nearest = min(starts, key=lambda start: abs(start - onset))
        if abs(nearest - onset) <= _NEAR_S:
            errors.append(1000 * abs(nearest - onset))
    return errors


def aligned_errors(count: int) -> list[float]:
    """For every word of some English sentences, how far its time is from PocketSphinx's forced alignment (extra `align`), in ms."""
    from aigc_cli.media.audio.sound import read_wav
    from aigc_cli.media.speech import forced
    from aigc_cli.media.speech.phonemes import EnglishPhonemes
    from aigc_cli.media.speech.reading import read

    if not forced.is_there():
        return []
    errors: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        align = forced.Aligner(bench.load("phonemes:en-US", EnglishPhonemes))
        for text in sentences("en")[:count]:
            speech = take(bench, text, "en", None)
            words = [word for sentence in read(text, "en") for word in sentence.words]
            spans = align(read_wav(bench.open(speech.audio))[:, 0], 48_000, words) or []
            errors += [1000 * abs(word.start_s - span[0]) for word, span in zip(speech.words, spans, strict=False) if span]
    return errors


def measure(*, is_short: bool = False) -> list[Figure]:
    count = 6 if is_short else 20
    english, english_wall, english_s = rate("en", count)
    chinese, chinese_wall, chinese_s = rate("zh", count)
    figures = [
        Figure(
            "English, a second of speech",
            1000 * english,
            "CPU ms",
            25.0,
            f"{1 / english:.0f} times real time on one core; {english_s:.0f} s",
        ),
        Figure("Chinese, a second of speech", 1000 * chinese, "CPU ms", 500.0, f"wall {1000 * chinese_wall:.0f} ms; {chinese_s:.0f} s"),
        Figure("English, wall", 1000 * english_wall, "ms"),
        Figure("memory of a narration in Chinese", peak_mb("zh", count), "MB", 600.0, margin=1.0),
    ]
    for language in ("en",) if is_short else ("en", "zh"):
        errors = sorted(word_errors(language))
        detail = f"{len(errors)} words after a silence, finished file"
        figures.append(Figure(f"caption words against the sound, {language}, median", statistics.median(errors), "ms", 60.0, detail))
        figures.append(Figure(f"caption words against the sound, {language}, 95th", errors[int(0.95 * (len(errors) - 1))], "ms", 120.0))
    errors = sorted(aligned_errors(count))
    if errors:
        detail = f"{len(errors)} words, PocketSphinx, which hears words about 45 ms early"
        figures.append(Figure("every word against forced alignment, en, median", statistics.median(errors), "ms", 60.0, detail))
        figures.append(Figure("every word against forced alignment, en, 95th", errors[int(0.95 * (len(errors) - 1))], "ms", 120.0))
    return figures
