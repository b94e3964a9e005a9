"""A toy voice for tests: a buzz per syllable, silence after signs. It says exactly when each of its words sounds.

Run as a program it is a speech engine: text on standard input, a WAV on standard output or in the file that `-o` names.
"""

from __future__ import annotations

import io
import re
import sys
import time
import wave
from pathlib import Path

import numpy as np

from aigc_cli.media.speech.alignment import syllables

RATE_HZ = 22_050
SYLLABLE_S = 0.15
WORD_S = 0.05
PAUSE_S = 0.28


def say(text: str, *, speed: float = 1.0, rate_hz: int = RATE_HZ) -> tuple[np.ndarray, list[tuple[str, float, float]]]:
    """(samples,) of float32 and the words with their times in seconds."""
    pieces = [np.zeros(int(0.2 * rate_hz), np.float32)]
    place = len(pieces[0])
    words = []
    for word in re.findall(r"[\u3400-\u9fff][^\w\s]*|[^\s\u3400-\u9fff]+", text):
        count = max(1, int(syllables(word)))
        start = place
        for _ in range(count):
            length = int(SYLLABLE_S / speed * rate_hz)
            t = np.arange(length) / rate_hz
            buzz = sum(np.sin(2 * np.pi * 130 * n * t) / n for n in range(1, 12))
            shape = 0.35 + 0.65 * np.sin(np.pi * (np.arange(length) + 0.5) / length)
            pieces.append((0.12 * buzz * shape).astype(np.float32))
            place += length
        words.append((word, start / rate_hz, place / rate_hz))
        quiet = PAUSE_S if word[-1] in ",.;:!?，。；：！？、" else WORD_S
        pieces.append(np.zeros(int(quiet / speed * rate_hz), np.float32))
        place += len(pieces[-1])
    return np.concatenate(pieces), words


def wav(samples: np.ndarray, rate_hz: int = RATE_HZ) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def main(argv: list[str]) -> int:
    options = dict(zip(argv[::2], argv[1::2], strict=True))
    text = sys.stdin.buffer.read().decode().strip()
    mode = options.get("--mode", "")
    if mode == "slow":
        time.sleep(30)
    if mode == "fail":
        print("no such voice\x1b[31m", file=sys.stderr)
        return 3
    content = {"nothing": b"", "text": b"<html>not a voice</html>", "silent": wav(np.zeros(RATE_HZ, np.float32))}.get(mode)
    if content is None:
        content = wav(say(text, speed=float(options.get("-s", 1)))[0])
    if "-o" in options:
        Path(options["-o"]).write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
