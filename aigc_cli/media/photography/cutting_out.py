"""Tells the subject of a photo from what is behind it: a person by the network, a product by its plain ground.

A cut-out is only made where it will be good: of people, and of things that stand on one colour or a slow gradient of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aigc_cli.media.photography.sight import guided, people_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rgb = NDArray[np.uint8]
    Mask = NDArray[np.float32]

_WORK_PX = 900  # longer side that outlines are looked for at
_BORDER = 0.025  # of the shorter side: the strip that tells the ground
_NEAR = 9.0  # CIE L*a*b* distance within which a pixel is like the ground; raised with the ground's own noise
_FAR = 30.0
_LIGHT_WEIGHT = 0.55  # lightness counts less than colour: a shadow is ground
_PLAIN_SHARE = 0.86  # of the strip that has to be like the ground
_STEEPEST = 46.0  # of L*a*b* from one edge to the other: more is a scene, not a backdrop
_LEAST, _MOST = 0.015, 0.86  # of the picture: a subject is within
_MOST_AT_EDGE = 0.42  # of the frame's outline that a subject may touch
_PEOPLE_LEAST = 0.05
_MOST_LEFT = 0.08  # of the outline's length: sharp edges in what was taken for ground are parts of the subject left behind
_EDGE_LEVELS = 7.0  # of 255 per pixel: a soft shadow is flatter
_ITERATIONS = 4


class Subject(NamedTuple):
    """What was found: how much of each pixel is the subject, 0..1, and its colours without the ground's glow on its edges."""

    mask: Mask
    colours: Rgb


def subject_of(rgb: Rgb, *, has_faces: bool) -> Subject | str:
    """The subject of a photo (height, width, 3; uint8 sRGB), or why there can be no good cut-out of it, in a few words.

    People are found by the network. Else the ground is the colour of the photo's edge, as a plane that may slope; what is like
    it and reaches the edge is ground (flood fill), GrabCut (Rother et al. 2004) settles the outline, a guided filter its
    softness, and on the outline the ground's share is taken out of the colours.
    """
    import numpy as np

    if has_faces:
        people = people_in(rgb)
        if people.mean() > _PEOPLE_LEAST:
            mask = np.clip((people - 0.12) / 0.76, 0, 1).astype(np.float32)
            return Subject(mask, _cleaned(rgb, mask))
    return _on_plain(rgb)


def _on_plain(rgb: Rgb) -> Subject | str:
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    scale = min(_WORK_PX / max(height, width), 1.0)
    small = cv2.resize(rgb, (max(8, round(width * scale)), max(8, round(height * scale))), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    ground, noise, plain = _ground_of(lab)
    if plain < _PLAIN_SHARE:
        return "its ground is not plain"
    if float(np.abs(ground[[0, 0, -1, -1], [0, -1, 0, -1]] - ground.mean(axis=(0, 1))).max()) > _STEEPEST / 2:
        return "its ground is not plain"
    away = np.sqrt(((lab - ground) ** 2 * np.array([_LIGHT_WEIGHT**2, 1, 1])).sum(axis=2))
    near = max(_NEAR, 3.2 * noise)
    reached = _from_edge(away < near)
    if not _LEAST < 1 - reached.mean() < _MOST:
        return "nothing stands out from its ground" if reached.mean() > 0.5 else "its subject fills the frame"
    state = np.full(small.shape[:2], cv2.GC_PR_FGD, np.uint8)
    state[away > max(_FAR, 3 * near)] = cv2.GC_FGD
    state[away < near] = cv2.GC_PR_BGD  # holes, such as a handle's
    state[cv2.erode(reached.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0] = cv2.GC_BGD
    state[(away < near * 0.5) & (reached > 0)] = cv2.GC_BGD
    if not ((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)).any() or not (state == cv2.GC_BGD).any():
        return "nothing stands out from its ground"
    cv2.setRNGSeed(7)  # GrabCut's colour models start from random centres
    cv2.grabCut(
        cv2.cvtColor(small, cv2.COLOR_RGB2BGR), state, None, np.zeros((1, 65)), np.zeros((1, 65)), _ITERATIONS, cv2.GC_INIT_WITH_MASK
    )
    solid = _largest(((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)).astype(np.uint8))
    share = float(solid.mean())
    if not _LEAST < share < _MOST:
        return "nothing stands out from its ground"
    if float(np.concatenate([solid[0], solid[-1], solid[:, 0], solid[:, -1]]).mean()) > _MOST_AT_EDGE:
        return "its subject fills the frame"
    if _left_behind(small, solid, noise) > _MOST_LEFT:
        return "its outline is lost in its ground"
    soft = guided(small, cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 0.8), radius=3, tolerance=4e-4)
    inside, outside = cv2.erode(solid, np.ones((5, 5), np.uint8)), cv2.dilate(solid, np.ones((5, 5), np.uint8))
    soft = np.where(inside > 0, 1.0, np.where(outside > 0, soft, 0.0)).astype(np.float32)
    mask = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC if scale < 1 else cv2.INTER_LINEAR)
    mask = np.clip((mask - 0.06) / 0.88, 0, 1).astype(np.float32)
    return Subject(mask, _cleaned(rgb, mask))


def _left_behind(rgb: Rgb, solid: Rgb, noise: float) -> float:
    """The length of sharp edges away from the subject, over the length of its outline."""
    import cv2
    import numpy as np

    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.6)
    steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8))
    edges = (steep > _EDGE_LEVELS * 0.35 + noise * 0.6).astype(np.uint8)
    edges[cv2.dilate(solid, np.ones((17, 17), np.uint8)) > 0] = 0
    count, _, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    least = max(rgb.shape[:2]) * 0.02  # shorter ones are grain
    left = sum(
        max(stats[i, cv2.CC_STAT_WIDTH], stats[i, cv2.CC_STAT_HEIGHT]) for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] > least
    )
    lines, _ = cv2.findContours(solid, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return float(left) / max(sum(len(line) for line in lines), 1)


def _ground_of(lab: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, float]:
    """The ground's colour at every pixel as a plane fitted to the edge, its noise there, and the share of the edge that is like it."""
    import numpy as np

    height, width = lab.shape[:2]
    strip = max(2, round(min(height, width) * _BORDER))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    terms = np.stack([np.ones_like(x), x / width - 0.5, y / height - 0.5], axis=2)
    edge = np.zeros((height, width), bool)
    edge[:strip] = edge[-strip:] = True
    edge[:, :strip] = edge[:, -strip:] = True
    known, wanted = terms[edge].astype(np.float64), lab[edge].astype(np.float64)
    middle = np.median(wanted, axis=0)
    kept = np.linalg.norm(wanted - middle, axis=1) < _STEEPEST
    plane = np.zeros((3, 3))
    away = np.full(len(wanted), np.inf)
    for _ in range(4):  # what is no ground is left out of the next fit
        if kept.sum() < 16:
            return np.broadcast_to(middle.astype(np.float32), lab.shape), 99.0, 0.0
        plane, *_ = np.linalg.lstsq(known[kept], wanted[kept], rcond=None)
        away = np.linalg.norm(wanted - known @ plane, axis=1)
        kept = away < max(_NEAR, 2.5 * float(np.median(away)))
    noise = float(np.median(away[kept])) if kept.any() else 99.0
    return (
        (terms @ plane.astype(np.float32)).astype(np.float32),
        noise,
        float((away < max(_NEAR * 1.4, 4 * noise)).mean()) if noise < 7 else 0.0,
    )


def _from_edge(like: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The parts that hang together with the frame's edge."""
    import cv2
    import numpy as np

    padded = np.pad(like.astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(padded, connectivity=4)
    reached: Mask = (labels[1:-1, 1:-1] == labels[0, 0]).astype(np.float32)
    return reached


def _largest(solid: Rgb) -> Rgb:
    """The parts of at least a fiftieth of the largest, without pinholes."""
    import cv2
    import numpy as np

    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:
        return solid
    sizes = stats[:, cv2.CC_STAT_AREA]
    keep = [index for index in range(1, count) if sizes[index] >= sizes[1:].max() / 50]
    kept = np.isin(labels, keep).astype(np.uint8)
    holes, labels, stats, _ = cv2.connectedComponentsWithStats(1 - kept, connectivity=4)
    for index in range(1, holes):
        if stats[index, cv2.CC_STAT_AREA] < solid.size * 4e-4:
            kept[labels == index] = 1
    return kept


def _cleaned(rgb: Rgb, mask: Mask) -> Rgb:
    """The subject's colours with the ground's taken out where both share a pixel: the nearest sure colour of the subject."""
    import cv2
    import numpy as np

    sure = cv2.erode((mask > 0.97).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    sigma = max(1.2, max(rgb.shape[:2]) / 500)
    weight = cv2.GaussianBlur(sure, (0, 0), sigma)
    spread = cv2.GaussianBlur(rgb.astype(np.float32) * sure[..., None], (0, 0), sigma) / np.maximum(weight, 1e-4)[..., None]
    edge = np.where(weight > 1e-3, (1 - sure) * (mask < 0.97), 0.0)[..., None]
    cleaned: Rgb = np.clip(rgb * (1 - edge) + spread * edge + 0.5, 0, 255).astype(np.uint8)
    return cleaned
