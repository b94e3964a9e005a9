"""A keyed screen: unevenly lit, noisy and coded as a phone would, and measured against what stood before it."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.filming.footage import Trim, make_film
from aigc_cli.media.filming.keying import Keyer, Wish
from aigc_cli.media.filming.reels import Reel, source_of
from aigc_cli.media.frames import stills
from aigc_cli.media.frames.planes import Planes, from_rgb, to_rgb
from aigc_cli.media.timeline import Box, Footage

SIZE = (480, 320)
SCREENS = {"green": (0, 177, 64), "blue": (0, 71, 187)}


def subject(n=0):
    """Straight colours and alpha of somebody: skin, a grey jacket, a white shirt, hair of single lines; soft edges."""
    width, height = SIZE
    big = np.zeros((height * 4, width * 4), np.uint8)
    colour = np.full((height, width, 3), (120, 122, 128), np.uint8)
    x = width // 2 + 6 * n
    cv2.circle(big, (x * 4, 110 * 4), 60 * 4, 255, -1)
    cv2.rectangle(big, ((x - 100) * 4, 190 * 4), ((x + 100) * 4, height * 4), 255, -1)
    for k in range(-5, 6):
        cv2.line(big, ((x + 6 * k) * 4, 60 * 4), ((x + 14 * k) * 4, 26 * 4), 255, 5)
    cv2.circle(colour, (x, 110), 80, (214, 160, 130), -1)
    cv2.rectangle(colour, (x - 20, 190), (x + 20, height), (238, 238, 232), -1)
    cv2.rectangle(colour, (x - 60, 0), (x + 60, 62), (50, 34, 26), -1)
    return colour, cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA)


def filmed(screen, n=0, *, noise=2.5, light=0.35):
    """The subject before a screen whose light falls off by `light` to the sides, with the noise of a sensor."""
    width, height = SIZE
    colour, alpha = subject(n)
    y, x = np.mgrid[0:height, 0:width]
    lit = 1 - light * ((x / width - 0.4) ** 2 + (y / height - 0.3) ** 2)
    ground = np.array(screen, float) * lit[..., None]
    a = alpha[..., None] / 255
    rgb = colour * a + ground * (1 - a) + np.random.default_rng(n).normal(0, noise, (height, width, 1))
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def file_of(path, screen, frames=5, **how):
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.colorspace = 1
        for n in range(frames):
            planes = from_rgb(filmed(screen, n, **how))
            frame = av.VideoFrame.from_ndarray(np.vstack([planes.y, *(p.reshape(-1, SIZE[0]) for p in planes[1:])]), "yuv420p")
            frame.pts, frame.time_base, frame.colorspace, frame.color_range = n, Fraction(1, 30), 1, 1
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def halves(path, n):
    """Frame `n` of a film with a matte: its pictures over black, and its alpha."""
    planes = Reel(path).frame(n)
    return Planes(*(plane[: len(plane) // 2] for plane in planes)), planes.y[len(planes.y) // 2 :]


def keyed(path, folder, **how):
    film = make_film(path, folder / "film.mp4", Trim(key=Wish(**how)))
    assert film.has_matte
    return film, folder / "film.mp4"


@pytest.mark.parametrize("name, key", [("green", "green"), ("blue", "blue"), ("green", "auto"), ("green", "#10c050"), ("blue", "auto")])
def test_the_screen_goes_and_the_subject_stays(tmp_path, name, key):
    film, made = keyed(file_of(tmp_path / "a.mp4", SCREENS[name]), tmp_path, screen=key)
    for n in (0, 4):
        over, alpha = halves(made, n)
        colour, truth = subject(n)
        assert alpha[truth == 0].mean() < 3
        assert np.percentile(alpha[truth == 0], 99) < 60  # beside an edge chroma, of half the size, knows no better
        inner = cv2.erode(truth, np.ones((5, 5), np.uint8)) == 255
        assert np.percentile(alpha[inner], 1) > 245
        assert np.abs(alpha.astype(float) - truth).mean() < 4
        # laid over grey, nothing of the screen is left: what was mixed into edges and hair has gone
        seen = to_rgb(over).astype(float) + 128 * (1 - alpha[..., None] / 255.0)
        wanted = colour * (truth[..., None] / 255.0) + 128 * (1 - truth[..., None] / 255.0)
        assert np.abs(seen - wanted)[truth > 250].mean() < 6
        edge = (truth > 10) & (truth < 245)
        channel = 1 if name == "green" else 2
        others = np.delete(seen, channel, axis=2).max(axis=2)
        truly = np.delete(wanted, channel, axis=2).max(axis=2)
        excess, own = np.maximum(seen[..., channel] - others, 0), np.maximum(wanted[..., channel] - truly, 0)
        assert (excess - own)[edge].mean() < 1.5
    left, top, right, bottom = film.subject
    assert abs(left - (SIZE[0] // 2 - 100) / SIZE[0]) < 0.03
    assert abs(right - (SIZE[0] // 2 + 124) / SIZE[0]) < 0.03
    assert 0.05 < top < 0.2
    assert bottom > 0.97


def test_uneven_light_and_noise_are_part_of_the_screen(tmp_path):
    _, made = keyed(file_of(tmp_path / "a.mp4", SCREENS["green"], light=0.9, noise=6), tmp_path, screen="green")
    _, alpha = halves(made, 2)
    _, truth = subject(2)
    assert alpha[truth == 0].mean() < 4
    assert np.percentile(alpha[truth == 255], 5) > 230


def test_tolerance_and_softness_are_followed():
    frames = [from_rgb(filmed(SCREENS["green"], n)) for n in range(3)]
    seen = {how: Keyer(frames, Wish("green", *how), "a.mp4")(frames[0])[1].astype(int) for how in ((0.2, 0.8), (0.6, 0.8), (0.2, 0.0))}
    assert seen[0.6, 0.8].sum() < seen[0.2, 0.8].sum()  # more is screen
    partly = {how: ((alpha > 20) & (alpha < 235)).sum() for how, alpha in seen.items()}
    assert partly[0.2, 0.0] < 0.5 * partly[0.2, 0.8]


@pytest.mark.parametrize("key, screen", [("green", (90, 90, 90)), ("blue", SCREENS["green"]), ("auto", (128, 130, 126))])
def test_without_such_a_screen_it_says_so(tmp_path, key, screen):
    with pytest.raises(WorkflowError, match=r"`a\.mp4` does not show") as found:
        make_film(file_of(tmp_path / "a.mp4", screen, 2), tmp_path / "film.mp4", Trim(key=Wish(key)))
    assert "`key: green`" in str(found.value.hint)
    assert not (tmp_path / "film.mp4").exists()


def test_a_keyed_film_is_laid_over_what_is_behind_it(tmp_path):
    _, made = keyed(file_of(tmp_path / "a.mp4", SCREENS["green"]), tmp_path, screen="green")
    box = Box(x=0, y=0, w=SIZE[0], h=SIZE[1])
    content = Footage.model_construct(width=SIZE[0], height=SIZE[1], fps=30, frames=5, crop=box, radius=0, blur=0, has_matte=True)
    ground = np.zeros((*SIZE[::-1], 3), np.uint8)
    ground[..., 0], ground[..., 2] = 40, np.linspace(40, 240, SIZE[0])
    planes = from_rgb(ground)
    stills.draw(planes, source_of(Reel(made).frame(2), content, box), stills.framed(box, 0, *SIZE), box)
    colour, truth = subject(2)
    share = truth[..., None] / 255.0
    error = np.abs(to_rgb(planes).astype(float) - (colour * share + ground * (1 - share)))
    assert error[truth == 0].mean() < 2.5
    assert error[truth == 255].mean() < 6
    assert error.mean() < 4
