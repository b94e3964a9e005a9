"""What a clip's sound is made of, and its mix from the cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aigc_cli.artifacts import Artifact, to_json
from aigc_cli.contracts import Context
from aigc_cli.media.audio import loudness, mixing, signals
from aigc_cli.media.audio.effects import Effect
from aigc_cli.media.timeline import Sound as PlacedSound
from aigc_cli.shapes import FootageTake, Speech, Track

_MIX_VERSION = 5


@dataclass(frozen=True)
class Soundtrack:
    """What a clip's sound is made of."""

    frames: int
    fps: int
    takes: tuple[tuple[str, int, Speech], ...]
    """(scene, first frame, take)."""
    music: Track | None
    effects: tuple[Effect, ...]
    footage: tuple[tuple[int, int, FootageTake], ...] = ()
    """(first frame, frames, film): what is heard of the user's own videos."""
    logos: tuple[tuple[int, Artifact], ...] = ()
    """(first frame, WAV): the brand's own sounds."""

    sounds: tuple[tuple[int, Artifact, float], ...] = ()
    """(first sample, WAV, gain in dB): what scenes ask for."""

    def mixed(self, ctx: Context) -> Mapping[str, Any]:
        """The clip's sound as AAC and its measures. Cached apart: new pictures keep the mix."""
        music = self.music
        material = to_json(
            {
                "frames": self.frames,
                "fps": self.fps,
                "takes": [[frame, take.audio.key()] for _, frame, take in self.takes],
                "music": music and [music.audio.key(), list(music.beats_s)],
                "footage": [[start, length, take.is_ducked, take.sound and take.sound.key()] for start, length, take in self.footage],
                "effects": [[each.frame, each.kind, each.gain_db] for each in self.effects],
                **({"sounds": [[start, file.key(), gain] for start, file, gain in self.sounds]} if self.sounds else {}),
                **({"logos": [[frame, file.key()] for frame, file in self.logos]} if self.logos else {}),
            }
        )

        def make() -> dict[str, Any]:
            ctx.progress(0, "mixing")
            target = ctx.scratch / "mix.m4a"
            master = mixing.finish(
                target,
                self.frames,
                self.fps,
                [(frame, signals.opened(ctx.open(take.audio))) for _, frame, take in self.takes],
                signals.opened(ctx.open(music.audio)) if music else None,
                self.effects,
                beats_s=music.beats_s if music else (),
                ambience=[
                    (start, _first(signals.opened(ctx.open(take.sound)), mixing.sample_at(length, self.fps)), take.is_ducked)
                    for start, length, take in self.footage
                    if take.sound
                ]
                + [(frame, signals.opened(ctx.open(file)), False) for frame, file in self.logos],
                sounds=[(start, signals.opened(ctx.open(file)), gain) for start, file, gain in self.sounds],
            )
            is_silent = master.loudness_lufs <= loudness.SILENCE_LUFS
            saved = ctx.save(target, "audio/mp4", "mix.m4a")
            target.unlink()
            return {
                "audio": saved,
                # the finished files carry these very packets
                "loudness_lufs": None if is_silent else round(master.loudness_lufs, 2),
                "true_peak_dbtp": None if is_silent else round(master.true_peak_dbtp, 2),
            }

        return cast(Mapping[str, Any], ctx.memo("audio.mix", _MIX_VERSION, material, make))

    def parts(self) -> tuple[PlacedSound, ...]:
        """The takes and the music, each where it is heard."""
        found = [
            PlacedSound(name=scene, role="narration", audio=take.audio, start=start, frames=max(1, round(take.duration_s * self.fps)))
            for scene, start, take in self.takes
        ]
        if self.music is not None:
            length = min(self.frames, max(1, round(self.music.duration_s * self.fps)))
            found.append(PlacedSound(name="music", role="music", audio=self.music.audio, start=0, frames=length))
        return tuple(found)


def _first(sound: signals.Signal, length: int) -> signals.Signal:
    return signals.Cut(sound, 0, min(length, sound.length))
