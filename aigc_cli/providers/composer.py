"""`composer`: music made of chords, bass, pads, plucked figures, melodies and drums; nothing but arithmetic, no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from aigc_cli.contracts import Context, Provider
from aigc_cli.shapes import MusicRequest, Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


class Composer(Provider):
    """Writes and plays a piece by mood, key, tempo and seed, as long as asked to the sample. The same seed, the same piece."""

    name: ClassVar[str] = "composer"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    def compose(self, request: MusicRequest, ctx: Context) -> Track:
        """48 kHz stereo, peaks below 0.98, ending on the tonic. Memory does not grow with the length."""
        # imported here, so that checking a workflow does not wait for it
        from aigc_cli.media.audio.music.arrangement import arrange
        from aigc_cli.media.audio.music.rendering import render
        from aigc_cli.media.audio.sound import RATE_HZ, write_wav

        score = arrange(request.mood, request.duration_s, ctx.seed, tempo_bpm=request.tempo_bpm, key=request.key, energy=request.energy)
        length = round(request.duration_s * RATE_HZ)
        path = ctx.scratch / "music.wav"
        done = 0

        def pieces() -> Iterator[Samples]:
            nonlocal done
            for piece in render(score, length):
                yield piece
                done += len(piece)
                ctx.progress(done / length, "composing")

        write_wav(path, pieces())
        return Track(
            audio=ctx.save(path, "audio/wav", "music.wav"),
            duration_s=length / RATE_HZ,
            tempo_bpm=score.tempo_bpm,
            beats_s=score.beats_s,
            mood=request.mood,
        )
