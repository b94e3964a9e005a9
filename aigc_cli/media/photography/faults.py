"""What is technically wrong with a picture, whatever it shows: blank, blurred, noise, lettering, the same as another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.media.photography.lettering import lettering_of
from aigc_cli.media.photography.photos import open_photo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.float32]

_LOOK_PX = 512
_BLANK_LEVELS = 4  # of 255, between the lightest and the darkest of 32x32 parts
_CRISP_LEVELS = 10.0  # of 255 per pixel: a picture whose steepest half percent is flatter has no sharp edge
_NOISE_LIKENESS = 0.3  # between neighbours; the least likeness seen in a picture of something was 0.67, in a screenshot
_LETTERING_SHARE = 0.004  # of the picture; one line of twelve letters takes 0.01, none of 20 photos and drawings takes any
_SAME_LEVELS = 2.0  # of 255: mean difference of 16x16 parts


def faults_of(paths: tuple[Path, ...], *, drawn: tuple[bool, ...] = ()) -> tuple[tuple[str, ...], ...]:
    """For each picture its faults out of `blank`, `noise`, `blurred`, `lettering`, `duplicate`.

    A duplicate is one that an earlier picture shows too. Lettering is a fault of pictures that were `drawn` by a model, which writes
    nothing that can be read; on a photo it is what was there. Raises WorkflowError for a file that is no picture.
    """
    import numpy as np

    found: list[tuple[str, ...]] = []
    seen: list[Grey] = []
    for number, path in enumerate(paths):
        grey = _grey(path)
        small = _parts(grey, 16)
        own = []
        if np.ptp(_parts(grey, 32)) < _BLANK_LEVELS:
            own.append("blank")
        elif _likeness(grey) < _NOISE_LIKENESS:
            own.append("noise")
        elif sharpness(grey) < _CRISP_LEVELS:
            own.append("blurred")
        elif number < len(drawn) and drawn[number] and lettering_of(grey.astype(np.uint8)) > _LETTERING_SHARE:
            own.append("lettering")
        if any(np.abs(small - each).mean() < _SAME_LEVELS for each in seen):
            own.append("duplicate")
        seen.append(small)
        found.append(tuple(own))
    return tuple(found)


def _likeness(grey: Grey) -> float:
    """How much pixels are like their neighbours, 0 to 1 (their correlation): above 0.8 in whatever shows something, near 0 in noise."""
    import numpy as np

    pairs = ((grey[:, 1:], grey[:, :-1]), (grey[1:], grey[:-1]))
    return min(float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in pairs)


def sharpness(grey: Grey) -> float:
    """How steep the steepest half percent of a grey picture (height, width; 0..255) is, in levels per pixel."""
    import numpy as np

    down, right = np.gradient(grey)
    return float(np.percentile(np.hypot(down, right), 99.5))


def sharpness_of(path: Path) -> float:
    """How sharp the sharpest edges of a picture are, 0 to 1. Raises WorkflowError for a file that is no picture."""
    return min(sharpness(_grey(path)) / 255, 1.0)


def _grey(path: Path) -> Grey:
    import numpy as np
    from PIL import Image

    image = open_photo(path, name="the picture", longest_px=_LOOK_PX)
    if image.mode == "RGBA":  # a subject on nothing is seen on grey
        image = Image.alpha_composite(Image.new("RGBA", image.size, (128, 128, 128, 255)), image)
    return np.asarray(image.convert("L"), np.float32)


def _parts(grey: Grey, count: int) -> Grey:
    import numpy as np
    from PIL import Image

    return np.asarray(Image.fromarray(grey).resize((count, count), Image.Resampling.BOX), np.float32)
