"""A small line on a clip's last scene that says whose music was heard."""

from __future__ import annotations

from aigc_cli.media.layout import moves, safe, visuals
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.layout.scene_template import Enter
from aigc_cli.media.style import typography
from aigc_cli.media.style.brand import Brand
from aigc_cli.media.style.tones import Tone
from aigc_cli.media.timeline import Box, Layer

_WORDS = {
    "en": "Music: {}",
    "zh": "音乐：{}",
    "de": "Musik: {}",
    "fr": "Musique : {}",
    "es": "Música: {}",
    "it": "Musica: {}",
    "pt": "Música: {}",
}


def credit_words(credit: str, language: str) -> str:
    """How a piece is credited in a language; in English where that is not known."""
    return _WORDS.get(language.partition("-")[0], _WORDS["en"]).format(credit)


def credit_layer(text: str, size: tuple[int, int], brand: Brand, tone: Tone, clock: Clock, *, language: str, scene: str) -> Layer:
    """The line at the foot of the safe area, where no caption stands. Raises RenderError when it is too long even in two lines."""
    line = safe.source_line(*size) if safe.is_phone(*size) else _foot(size, clock.scale)
    style = brand.style("source").scaled(clock.scale)
    block = typography.set_text(text, style, line.w, 80 * clock.scale, language=language, scene=scene, slot="credit")
    box = Box(x=line.x - 2, y=line.bottom - block.height - 6 * clock.scale, w=block.width + 8, h=block.height + 14 * clock.scale)
    motion = moves.entrance(Enter(name="fade", delay_ms=500), clock)
    return visuals.sprite("credit", box, block.ops(tone.quiet, line.x, line.bottom - block.height), role="words", motion=motion)


def _foot(size: tuple[int, int], scale: float) -> Box:
    area = safe.safe_area(*size)
    return Box(x=area.x, y=area.bottom - 34 * scale, w=area.w, h=34 * scale)
