import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from aigc_cli.errors import WorkflowError
from aigc_cli.media.photography.photos import open_photo, visible_colour


def ramp(width=64, height=48):
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, np.full_like(x, 60)], axis=2).astype(np.uint8))


def save(tmp_path, image, name, **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def png_header_only(width, height):
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"hello, this is a text file", "not a picture"),
        (b"<!doctype html><html></html>", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "vector drawing"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), "HEIC"),
        (b"%PDF-1.7\n", "PDF"),
        (b"II*\x00" + bytes(64), "TIFF"),
        (b"\x89PNG\r\n\x1a\n", "not a picture|cannot be read"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_name_and_a_cure(tmp_path, content, message):
    path = tmp_path / "blob"
    path.write_bytes(content)
    with pytest.raises(WorkflowError, match=message) as caught:
        open_photo(path, name="my photo.png")
    assert "my photo.png" in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_truncated_picture_is_refused(tmp_path, form, share):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8))
    path = save(tmp_path, noise, "whole", format=form)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(WorkflowError, match=r"`shot` (is damaged|cannot be read|is not a picture)"):
        open_photo(path, name="shot")


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header_only(20_000, 20_000))
    with pytest.raises(WorkflowError, match=r"`bomb.png` has 20000 x 20000 pixels, 400 megapixels") as caught:
        open_photo(path)
    assert "smaller" in caught.value.hint


def test_a_photo_of_20000_pixels_width_is_scaled_down_while_it_is_decoded(tmp_path):
    path = tmp_path / "wide.jpg"
    Image.new("RGB", (20_000, 5_000), (200, 80, 40)).save(path, quality=60)
    image = open_photo(path)
    assert image.size == (2600, 650)
    assert np.allclose(np.asarray(image)[300, 1000], (200, 80, 40), atol=3)


def test_a_picture_of_a_few_pixels_is_refused(tmp_path):
    with pytest.raises(WorkflowError, match="only 8 x 200 pixels"):
        open_photo(save(tmp_path, Image.new("RGB", (8, 200)), "slim.png"))


def test_a_logo_of_one_pixel_is_refused_with_its_own_cure(tmp_path):
    with pytest.raises(WorkflowError, match=r"`dot\.png` is only 1 x 1 pixels") as caught:
        open_photo(save(tmp_path, Image.new("RGBA", (1, 1)), "dot.png"), cure="use a larger logo")
    assert caught.value.hint == "use a larger logo"


@pytest.mark.parametrize(
    ("image", "colour"),
    [
        (Image.new("RGB", (20, 20), (1, 2, 3)), ""),
        (Image.new("RGBA", (20, 20), (9, 9, 9, 0)), ""),
        (Image.new("RGBA", (20, 20), (16, 32, 48, 200)), "#102030"),
    ],
)
def test_the_colour_of_what_is_seen(image, colour):
    assert visible_colour(image) == colour


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(tmp_path, orientation):
    upright = ramp()
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that undoes each orientation
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(turns[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = open_photo(save(tmp_path, stored, "held.png", exif=exif))
    assert found.size == upright.size
    assert np.array_equal(np.asarray(found), np.asarray(upright))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_mode_becomes_eight_bit_rgb(tmp_path, mode):
    grey = ramp().convert("L")
    if mode == "I;16":
        image, form = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "png"
    else:
        image, form = grey.convert("RGB").convert(mode), "jpg" if mode in ("CMYK", "YCbCr") else "png"
    found = open_photo(save(tmp_path, image, f"photo.{form}"))
    assert found.mode == "RGB"
    if mode not in ("1", "P"):  # these have too few colours to be like it
        assert np.abs(np.asarray(found.convert("L")).astype(int) - np.asarray(grey)).mean() < 4


def test_see_through_parts_are_kept_in_every_form(tmp_path):
    image = ramp().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 20, 20))
    for name, saved in (("a.png", image), ("a.webp", image), ("p.png", image.quantize(64, method=Image.Quantize.FASTOCTREE))):
        found = open_photo(save(tmp_path, saved, name))
        assert found.mode == "RGBA"
        assert found.getpixel((5, 5))[3] == 0
        assert found.getpixel((40, 40))[3] == 255


def test_an_embedded_profile_is_applied(tmp_path):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = ramp()
    same = open_photo(save(tmp_path, plain, "srgb.png", icc_profile=lab))
    assert np.abs(np.asarray(same).astype(int) - np.asarray(plain)).max() <= 2
    broken = open_photo(save(tmp_path, plain, "broken.png", icc_profile=b"not a profile"))
    assert np.array_equal(np.asarray(broken), np.asarray(plain))


def test_of_a_moving_picture_the_first_frame_is_taken(tmp_path):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert np.allclose(np.asarray(open_photo(tmp_path / "a.gif"))[16, 16], (255, 0, 0), atol=3)


@pytest.mark.filterwarnings("error")
def test_broken_exif_does_not_lose_the_picture(tmp_path):
    target = io.BytesIO()
    ramp().save(target, "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    path = tmp_path / "exif.jpg"
    path.write_bytes(target.getvalue())
    assert open_photo(path).size == (64, 48)
