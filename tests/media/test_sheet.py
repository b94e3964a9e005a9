"""Contact sheet and poster, opened and looked at."""

import io

import numpy as np
from PIL import Image

from aigc_cli.media.compose import Composer
from aigc_cli.media.sheet import contact_sheet, poster
from tests.media import clips


def opened(data):
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    return np.asarray(image.convert("RGB")).astype(int)


def test_the_sheet_shows_every_shot_with_a_label(tmp_path):
    store = clips.store_at(tmp_path)
    sheet = opened(contact_sheet(Composer(clips.clip(store), store.open, animate=clips.grow)))
    # the light ground of the third shot fills two of six cells of 180x320
    light = (np.abs(sheet - (240, 224, 208)).max(2) < 12).sum()
    assert 1.5 * 180 * 320 < light < 2 * 180 * 320
    # one line of grey letters under each cell
    letters = (np.abs(sheet - 216).max(2) < 40).sum()
    assert letters > 6 * 150


def test_the_poster_has_the_clips_size_and_a_picture(tmp_path):
    store = clips.store_at(tmp_path)
    picture = opened(poster(Composer(clips.clip(store), store.open, animate=clips.grow)))
    assert picture.shape == (320, 180, 3)
    assert picture.std() > 40  # the photo, not one of the flat grounds


def test_both_are_the_same_every_time(tmp_path):
    store = clips.store_at(tmp_path)
    for draw in (contact_sheet, poster):
        a, b = (draw(Composer(clips.clip(store), store.open, animate=clips.grow)) for _ in range(2))
        assert a == b
