"""Contact sheet and poster, opened and looked at."""

import io

import numpy as np
from PIL import Image

from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.sheet import Album, Onlooker, contact_sheet, glimpse
from aigc_cli.media.timeline import Shot, Timeline
from tests.media import clips


def opened(data):
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    return np.asarray(image.convert("RGB")).astype(int)


def album_of(folder):
    store = clips.store_at(folder)
    composer = Composer(clips.clip(store), store.open, animate=clips.grow)
    album = Album(composer)
    for index in range(3):
        album.add(glimpse(composer, index))
    return album


def test_the_sheet_shows_every_shot_with_a_label(tmp_path):
    sheet = opened(album_of(tmp_path).contact_sheet())
    # the light ground of the third shot fills two of six cells of 180x320
    light = (np.abs(sheet - (240, 224, 208)).max(2) < 12).sum()
    assert 1.5 * 180 * 320 < light < 2 * 180 * 320
    # one line of grey letters under each cell
    letters = (np.abs(sheet - 216).max(2) < 40).sum()
    assert letters > 6 * 150


def test_several_formats_stand_under_each_other_on_one_sheet(tmp_path):
    album = album_of(tmp_path)
    one, three = opened(album.contact_sheet()), opened(contact_sheet([album, album, album]))
    assert three.shape[1] == one.shape[1]
    assert three.shape[0] == 3 * one.shape[0]
    again = three[: one.shape[0]].astype(int) - one
    assert abs(again).mean() < 1


def test_the_poster_has_the_clips_size_and_a_picture(tmp_path):
    picture = opened(album_of(tmp_path).poster())
    assert picture.shape == (320, 180, 3)
    assert picture.std() > 40  # the photo, not one of the flat grounds


def test_both_are_the_same_whether_a_shot_was_watched_or_drawn_for_them(tmp_path):
    store = clips.store_at(tmp_path)
    composer = Composer(clips.clip(store), store.open, animate=clips.grow)
    album = Album(composer)
    for index, shot in enumerate(composer.timeline.shots):
        onlooker = Onlooker(composer.timeline, index)
        for n in range(shot.frames):
            onlooker.see(n, composer.frame(shot.start + n))
        album.add(onlooker.glimpse(), onlooker.best)
    drawn = album_of(tmp_path)
    assert album.poster() == drawn.poster()
    assert album.contact_sheet() == drawn.contact_sheet()


def test_a_long_clip_has_a_sheet_of_the_same_size(tmp_path):
    store = clips.store_at(tmp_path)
    layers = (clips.ground(720, 1280, "#E0A020"),)
    box = layers[0].box

    def sheet(count):
        shots = tuple(Shot(id=f"s{n}", start=10 * n, frames=10, layers=layers) for n in range(count))
        composer = Composer(Timeline(title="", language="en", width=720, height=1280, fps=30, safe=box, shots=shots), store.open)
        album, seen = Album(composer), glimpse(composer, 0)
        for _ in shots:
            album.add(seen)
        return opened(album.contact_sheet())

    few, many, most = sheet(18), sheet(72), sheet(400)
    cells = [(np.abs(each - (224, 160, 32)).max(2) < 12).sum() for each in (few, many, most)]
    assert cells[0] < 6e6
    assert abs(cells[1] - 6e6) < 2e5
    assert many.shape == most.shape  # 72 of 400 shots
    assert many.shape[0] * many.shape[1] < 9e6
