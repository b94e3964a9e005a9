"""Music and mixing: processor seconds for a minute of sound."""

from __future__ import annotations

import time

from benchmarks.measuring import Figure


def measure(*, is_short: bool = False) -> list[Figure]:
    import numpy as np

    from aigc_cli.media.audio.mixing import mix
    from aigc_cli.media.audio.music.arrangement import arrange
    from aigc_cli.media.audio.music.rendering import render

    start = time.process_time()
    music = np.concatenate(list(render(arrange("upbeat", 60, 0), 60 * 48_000)))
    composed = time.process_time() - start
    noise = np.random.default_rng(0).normal(0, 0.1, 4 * 48_000).astype(np.float32)
    start = time.process_time()
    mix(1800, 30, [(150 * number, noise) for number in range(11)], music)
    return [
        Figure("composing a minute of music", composed, "CPU s", 4.0),
        Figure("mixing a minute, with its trip through AAC", time.process_time() - start, "CPU s", 8.0),
    ]
