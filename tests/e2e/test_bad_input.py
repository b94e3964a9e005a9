"""Bad input at the command line: one clear error with a cure, the right exit code, nothing half-written, nothing lost."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.measuring import EXAMPLES, ROOT, Result, frame_hashes

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="limits, signals and permissions of POSIX")]

CLIP = ["run", "product-clip", "--profile", "draft"]
KETTLE = [*CLIP, "--set", "product=Kettle", "--set", "points=Boils fast", "--set", "length_s=6"]
BRIEF = ["run", "news-brief", "--profile", "draft", "--set", "length_s=8"]
QUICK = '[speech]\nprovider = "fake"\n[music]\nprovider = "fake"\n'
NO_FILM = QUICK + '[video]\nprovider = "fake"\n'


class Desk:
    """A folder with a cache and settings, from which commands are run as a user would run them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.out = root / "out"
        self.environment = {**os.environ, "AIGC_CACHE_DIR": str(root / "cache"), "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        for name in ("AIGC_PROVIDER", "AIGC_DEBUG"):
            self.environment.pop(name, None)
        self.settings(NO_FILM)

    def settings(self, text: str) -> None:
        (self.root / "config.toml").write_text(text)
        self.environment["AIGC_CONFIG"] = str(self.root / "config.toml")

    def start(
        self, *args: str | Path, out: Path | str | None = None, env: dict[str, str] | None = None, **more: Any
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "aigc_cli", *map(str, args)]
        if "run" in args:
            command += ["--out", str(out or self.out)]
        options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": self.root, **more}
        return subprocess.Popen(command, env={**self.environment, **(env or {})}, **options)

    def run(self, *args: str | Path, **more: Any) -> Result:
        with self.start(*args, **more) as process:
            out, err = process.communicate(timeout=120)
        return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One cache for all cases that need none of their own: what is equal in them runs once."""
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(shared: Desk, tmp_path: Path) -> Desk:
    own = Desk(tmp_path / "own")
    own.environment["AIGC_CACHE_DIR"] = shared.environment["AIGC_CACHE_DIR"]
    return own


@pytest.fixture
def fresh(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "fresh")


def refused(result: Result, code: int, message: str, hint: str) -> None:
    """One error, told to people and to programs, with its cure; no traceback, no control characters, no second object."""
    assert result.code == code, result.err
    answer = json.loads(result.out)
    assert answer["status"] == "failed"
    assert answer["error"]["code"] == code
    assert message in answer["error"]["message"]
    assert hint in answer["error"]["hint"]
    assert hint or "hint:" in answer["error"]["message"]
    assert result.err.count("error: ") == 1
    assert "Traceback" not in result.err
    assert "this is a bug" not in result.err
    assert printable(result.err)
    assert answer["outputs"] == {}


def printable(text: str) -> bool:
    return all(char == "\n" or (char.isprintable() and not "\x7f" <= char <= "\x9f") for char in text)


# ---- inputs that are wrong by themselves: refused before anything runs -----------------------------------------------

WRONG = {
    "nothing given": ([], 2, "2 inputs are missing or wrong", ""),
    "one missing": (["product=K"], 2, "input `points` is missing", "--set points="),
    "unknown": (["product=K", "points=A", "prise=$3"], 2, "no input `prise`", "did you mean `price`?"),
    "wrong type": (["product=K", "points=A", "length_s=long"], 2, 'input `length_s` must be a number, not "long"', "from 6 to 120"),
    "below its range": (["product=K", "points=A", "length_s=2"], 2, "input `length_s` must be at least 6, not 2", "from 6 to 120"),
    "above its range": (["product=K", "points=A", "length_s=9e3"], 2, "must be at most 120", "from 6 to 120"),
    "no number": (["product=K", "points=A", "length_s=nan"], 2, "must be a number", "from 6 to 120"),
    "empty text": (["product=", "points=A"], 2, "input `product` is empty", "Name of the product"),
    "blank text": (["product=  ", "points=A"], 2, "input `product` is empty", "Name of the product"),
    "too long": (["product=" + "a" * 81, "points=A"], 2, "`product` must be at most 80 characters long, not 81", "shorten it by 1"),
    "empty item": (["product=K", "points=A", "points="], 2, "input `points`[1] is empty", "leave it out"),
    "no points": (["product=K", "points=[]"], 2, "`points` must have at least 1 item, not 0", "--set"),
    "seven points": (["product=K", *["points=A"] * 7], 2, "`points` must have at most 6 items, not 7", "leave out 1"),
    "cut JSON": (["product=K", 'points=["a",'], 2, "input `points` is not valid JSON", "single quotes"),
    "twice": (["product=K", "points=A", "brand=warm", "brand=mono"], 2, "`brand` is given more than once", "give it once"),
    "enum": (["product=K", "points=A", "captions=sparkly"], 2, '`captions`: "sparkly" is not one of its values', "highlight, karaoke"),
    "brand": (["product=K", "points=A", "brand=acme"], 2, "`brand`: there is no brand `acme`", "warm"),
    "brand outside": (["product=K", "points=A", "brand=../../x"], 2, "`brand`: there is no brand", "warm"),
    "format": (["product=K", "points=A", "formats=9:15"], 2, '`formats`: "9:15" is not a format', "9:16"),
    "no pixels": (["product=K", "points=A", "formats=0x0"], 2, '"0x0" is not a format', "128 to 4096"),
    "voice": (["product=K", "points=A", "voice=nosuch"], 2, "`voice`: there is no voice `nosuch`", "heart"),
    "voice of another language": (["product=K", "points=A", "voice=xiaoxiao"], 2, "`xiaoxiao` does not speak `en`", "heart"),
    "no such photo": (["product=K", "points=A", "photo=nosuch.png"], 2, "`photo`[0]: there is no file `nosuch.png`", "check the path"),
    "photo is a folder": (["product=K", "points=A", "photo=."], 2, "`photo`[0]: `.` is a folder", "name a file"),
    "photo is empty": (["product=K", "points=A", "photo="], 2, "`photo`[0] is empty", "leave it out"),
    "photo is an address": (["product=K", "points=A", "photo=https://x.org/a.png"], 2, "must be a file, not the address", "save it"),
    "no name": (["=3"], 2, "is not KEY=VALUE", "--set product="),
    "escape in a name": (["product=K", "points=A", "\x1b[31mx=1"], 2, "has no input `\x1b[31mx`", "its inputs are"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_inputs_are_named_with_their_cure(case: str, desk: Desk) -> None:
    pairs, code, message, hint = WRONG[case]
    desk.settings(QUICK if "voice" not in case else "")
    result = desk.run(*CLIP, "--json", *(part for pair in pairs for part in ("--set", pair)))
    refused(result, code, message, hint)
    assert not desk.out.exists()


USAGE = {
    "workflow": (["run", "product-clp"], "neither a file nor a shipped workflow", "did you mean `product-clip`?"),
    "workflow file": (["run", "no/such.yaml"], "there is no file no/such.yaml", "aigc list"),
    "option": (["run", "product-clip", "--colour"], "no such option", "--help"),
    "number": (["run", "product-clip", "--jobs", "many"], "`--jobs`", "--help"),
    "profile": ([*KETTLE[:2], "--profile", "x", *KETTLE[4:]], "`x` is not a profile", "draft"),
    "step": ([*KETTLE, "--force", "x"], "`x` is not a step", "script"),
    "inputs file": ([*KETTLE, "--inputs", "no.yaml"], "cannot read the inputs file `no.yaml`", "check `--inputs`"),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_commands_are_told_as_one_object_too(case: str, desk: Desk) -> None:
    args, message, hint = USAGE[case]
    refused(desk.run(*args, "--json"), 2, message, hint)
    assert not desk.out.exists()


HOSTILE = {
    "aliases": ("aigc: 1\nname: x\na: &a [x, x]\nb: &b [*a, *a]\n" + "c: [*b, *b]\n", "", ""),
    "tag": ("aigc: 1\nname: x\nsteps: !!python/object/apply:os.system [id]\n", "", ""),
    "deep": ("aigc: " + "[" * 5000, "", ""),
    "code": (
        'aigc: 1\nname: x\nsteps:\n  a: {uses: text.write, with: {template: t, facts: {product: "${{ ().__class__ }}"}}}\n',
        "",
        "",
    ),
    "file outside": ("aigc: 1\nname: x\ninputs:\n  f: {type: file, default: ../../../../etc/passwd}\nsteps: {}\n", "", ""),
    "bytes": ("\udcff\udcfe", "", ""),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_workflows_are_refused_before_they_run(case: str, desk: Desk) -> None:
    path = desk.root / "hostile.yaml"
    path.write_bytes(HOSTILE[case][0].encode("utf-8", "surrogateescape"))
    began = time.monotonic()
    result = desk.run("run", path, "--json")
    assert result.code == 2, result.err
    assert json.loads(result.out)["error"]["message"]
    assert "root:" not in result.out + result.err
    assert "Traceback" not in result.err
    assert time.monotonic() - began < 20
    assert not desk.out.exists()


# ---- photos ----------------------------------------------------------------------------------------------------------


def png(path: Path, width: int, height: int, *, cut: int = 0) -> Path:
    """A black PNG, quick to make however large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(min(height, 4000))) + packer.flush()
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )
    path.write_bytes(data[: len(data) - cut])
    return path


def bad_photo(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.png"
    if kind == "text":
        path.write_text("this is no picture")
    elif kind == "empty":
        path.touch()
    elif kind == "bomb":
        png(path, 60_000, 60_000)
    elif kind == "tiny":
        png(path, 8, 8)
    elif kind == "cut":
        content = (EXAMPLES / "pikolo" / "coffee.png").read_bytes()
        path.write_bytes(content[: len(content) // 2])
    return path


PHOTOS = {
    "text": ("`text.png` is not a picture that can be read", "PNG or JPEG"),
    "empty": ("`empty.png` is not a picture that can be read: it is empty", "PNG or JPEG"),
    "bomb": ("`bomb.png` has 60000 x 60000 pixels", "make it smaller"),
    "tiny": ("`tiny.png` is only 8 x 8 pixels", "at least 600 pixels"),
    "cut": ("`cut.png` is damaged or incomplete", "save it again"),
}


@pytest.mark.parametrize("kind", PHOTOS)
def test_photos_that_cannot_be_used(kind: str, desk: Desk) -> None:
    result = desk.run(*KETTLE, "--json", "--set", f"photo={bad_photo(kind, desk.root)}")
    refused(result, 2, *PHOTOS[kind])
    assert not desk.out.exists()


@pytest.mark.parametrize("kind", ["text", "bomb"])
def test_logos_that_cannot_be_used(kind: str, desk: Desk) -> None:
    desk.settings(QUICK)
    result = desk.run(*KETTLE, "--json", "--set", f"logo={bad_photo(kind, desk.root)}")
    refused(result, 2, *PHOTOS[kind])
    assert not desk.out.exists()


def test_unusual_photos_become_a_clip(desk: Desk) -> None:
    """20,000 pixels wide; CMYK; lying on its side by EXIF; see-through; animated."""
    from PIL import Image

    still = Image.open(EXAMPLES / "pikolo" / "coffee.png").convert("RGB").resize((640, 480))
    still.resize((20_000, 900)).save(desk.root / "wide.jpg")
    still.convert("CMYK").save(desk.root / "cmyk.jpg")
    turned = Image.Exif()
    turned[274] = 6
    still.save(desk.root / "turned.jpg", exif=turned)
    clear = still.convert("RGBA")
    clear.putalpha(Image.new("L", still.size, 90))
    clear.save(desk.root / "clear.png")
    still.convert("P").save(desk.root / "moving.gif", save_all=True, append_images=[still.rotate(90).convert("P")])
    names = ("wide.jpg", "cmyk.jpg", "turned.jpg", "clear.png", "moving.gif")
    photos = [part for name in names for part in ("--set", f"photo={name}")]
    points = [part for number in range(5) for part in ("--set", f"points=Point {number}")]
    result = desk.run(*CLIP, "--json", "--set", "product=Kettle", *points, *photos)
    assert result.code == 0, result.err
    assert {"pictures", "clip"} <= {step["id"] for step in result.json["steps"] if step["status"] == "ran"}


# ---- data ------------------------------------------------------------------------------------------------------------

FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
ITEM = (
    "<item><title>{title}</title><link>https://example.org/{title}</link><pubDate>{date}</pubDate>"
    "<description>{title} was seen by many people in town.</description></item>"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
    + FEED.partition("?>")[2].format(title="&j;", items=ITEM.format(title="&j;", date=""))
)
WIDE_BOMB = BOMB.replace('"1.0"', '"1.0" encoding="utf-16"', 1).encode("utf-16")
SOURCES: dict[str, tuple[str, bytes, str, str]] = {
    "empty feed": ("a.rss", FEED.format(title="Nothing", items="").encode(), "the feed `a.rss` has no items", "at least one"),
    "only a header": ("a.csv", b"name,value\n", "`a.csv` has a header but no rows", "at least one row"),
    "empty file": ("a.csv", b"", "`a.csv` is empty", "at least one record"),
    "broken JSON": ("a.json", b'{"a": [1, 2', "`a.json` line 1 column 12: not JSON", "check the file"),
    "no records": ("a.json", b"[]", "`a.json` holds no records", "list of objects"),
    "deep JSON": ("a.json", b"[" * 100_000, "`a.json` is nested too deeply", "flat"),
    "no features": ("a.geojson", b'{"type":"FeatureCollection","features":[]}', "`a.geojson` holds no records", "list of objects"),
    "binary": ("a.csv", bytes(range(256)) * 40, "`a.csv` is not a data file", "CSV"),
    "picture": ("a.dat", (EXAMPLES / "pikolo" / "coffee.png").read_bytes(), "`a.dat` is not a data file", "CSV"),
    "web page": ("a.html", b"<!doctype html><html><body>Hello</body></html>", "`a.html` is a web page, not a feed", "RSS or Atom"),
    "XML bomb": ("a.xml", BOMB.encode(), "`a.xml` declares XML entities", "take the declaration out"),
    "XML bomb in UTF-16": (
        "a.xml",
        BOMB.replace('"1.0"', '"1.0" encoding="utf-16"', 1).encode("utf-16"),
        "`a.xml` declares XML entities",
        "take",
    ),
    "file by entity": (
        "a.xml",
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>',
        "`a.xml` declares XML entities",
        "take the declaration out",
    ),
}


@pytest.mark.parametrize("case", SOURCES)
def test_data_that_holds_nothing_to_tell(case: str, desk: Desk) -> None:
    name, content, message, hint = SOURCES[case]
    (desk.root / name).write_bytes(content)
    result = desk.run(*BRIEF, "--json", "--set", f"source={name}")
    refused(result, 2, message, hint)
    assert "root:" not in result.out + result.err
    assert not desk.out.exists()


ADDRESSES = {
    "offline": ("https://example.org/feed.xml", ["--offline"], 4, "the run is offline", "leave `--offline` away"),
    "local": ("http://127.0.0.1:9/feed.xml", [], 4, "leads to a local or reserved network", "save the data to a file"),
    "metadata": ("http://169.254.169.254/latest", [], 4, "leads to a local or reserved network", "save the data to a file"),
    "password": ("https://me:secret@example.org/", [], 4, "an address with a user name or password is not fetched", "before `@`"),
    "scheme": ("file:///etc/passwd", [], 2, "is not an address", "https://"),
    "no scheme": ("example.org/feed.xml", [], 2, "there is no file `example.org/feed.xml`", "an address starts with `https://`"),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_addresses_that_are_not_fetched(case: str, desk: Desk) -> None:
    address, more, code, message, hint = ADDRESSES[case]
    result = desk.run(*BRIEF, "--json", "--set", f"source={address}", *more)
    refused(result, code, message, hint)
    assert "secret" not in result.out + result.err


def test_a_table_from_a_spreadsheet_is_read_all_the_same(desk: Desk) -> None:
    """A byte order mark, semicolons, decimal commas, missing cells, ragged rows: told, and not lost."""
    text = "\ufeffcity;rain;\nOslo;12,5;x;y\nBergen;;\nBodø;30,25\n;7,0;\n"
    (desk.root / "rain.csv").write_text(text, encoding="utf-8")
    result = desk.run(*BRIEF, "--json", "--set", "source=rain.csv")
    assert result.code == 0, result.err
    assert "missing cell" in result.err
    assert "more or fewer cells" in result.err
    spoken = " ".join(scene["say"] for scene in result.json["outputs"]["script"]["scenes"])
    assert "Bodø" in spoken
    assert "30" in spoken


def test_a_feed_with_broken_dates_and_escapes_becomes_a_brief(desk: Desk) -> None:
    titles = {"A bridge opens": "yesterday", "\x9b31mThe library \u202emoves": "32 Foo 2026 99:99", "Rain 𓀀 is expected": ""}
    items = "".join(ITEM.format(title=title, date=date) for title, date in titles.items())
    (desk.root / "feed.rss").write_text(FEED.format(title="Town \u202e News", items=items), encoding="utf-8")
    result = desk.run(*BRIEF, "--json", "--set", "source=feed.rss")
    assert result.code == 0, result.err
    assert "the date `yesterday` cannot be read" in result.err
    assert "no font has" in result.err
    assert result.json["status"] == "degraded"
    assert printable(result.err)
    words = json.dumps(result.json["outputs"]["script"], ensure_ascii=False)
    assert not any(char in words for char in "\x9b\u202e𓀀")
    assert "[31m" not in words
    strict = desk.run(*BRIEF, "--json", "--strict", "--set", "source=feed.rss")
    refused(strict, 7, "no font has", "--strict")


# ---- text ------------------------------------------------------------------------------------------------------------

TEXTS = {
    "hieroglyphs": (["product=Kettle", "points=𓀀 boils"], "`points[0]` holds 𓀀 (U+13000", "other characters"),
    "tamil": (["product=காபி", "points=Fast"], "`product` holds க (U+0B95 TAMIL LETTER KA)", "other characters"),
    "only signs": (["product=!!!", "points=Fast"], "`product` has nothing that can be said", "in words"),
    "only emoji": (["product=Kettle", "points=🚀"], "`points[0]` has nothing that can be said", "in words"),
    "only private": (["product=\ue000", "points=Fast"], "the facts name no `product`", "--set product="),
    "not an address": (["product=K", "points=A", "url=javascript:alert(1)"], "is not a web address", "https://"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts_that_can_be_neither_shown_nor_said(case: str, desk: Desk) -> None:
    pairs, message, hint = TEXTS[case]
    result = desk.run(*CLIP, "--json", *(part for pair in pairs for part in ("--set", pair)))
    refused(result, 2, message, hint)
    assert {step["id"] for step in result.json["steps"]} <= {"script", "seen"}  # nothing dear has run by then


def test_a_language_that_the_voice_does_not_read(desk: Desk) -> None:
    desk.settings("")
    result = desk.run(
        *CLIP, "--json", "--set", "product=晨光咖啡", "--set", "points=单一产地", "--set", "length_s=6", "--set", "music=none"
    )
    refused(result, 2, "Chinese", "`language: zh`")


def test_odd_texts_become_a_clip_without_their_oddities(desk: Desk) -> None:
    """Emoji, direction marks, terminal colours, markup, template signs: shown as letters or left out, never obeyed."""
    desk.settings(QUICK)
    odd = ["product=Kettle 🔥 \u202egnp.exe", "points=\x1b[31mBoils\x1b[0m {fast} ${{ env.HOME }} <b>now</b>", "cta=Buy 😀 `id`"]
    result = desk.run(*CLIP, "--json", "--set", "length_s=10", *(part for pair in odd for part in ("--set", pair)))
    assert result.code == 0, result.err
    assert printable(result.err)
    outputs = result.json["outputs"]
    for text in (json.dumps(outputs["script"], ensure_ascii=False), *(Path(path).read_text() for path in outputs["captions"])):
        assert not any(char in text for char in "\x1b\u202e")
        assert "[31m" not in text
        assert os.environ.get("HOME", "/root") not in text.replace(str(desk.root), "")
    assert "🔥" in json.dumps(outputs["script"], ensure_ascii=False)


def test_every_field_at_its_longest_becomes_a_clip(desk: Desk) -> None:
    desk.settings(QUICK)
    fields = [
        "product=" + "Wunderwasserkocherzubereitungs" * 2 + "maschinenanlage" + "s" * 5,
        *(f"points={word * 20}"[:300] for word in ("very fast and quiet ", "unbelievablyquick", "good ")),
        "tagline=" + "t" * 120,
        "price=" + "from $1,299,999 per head"[:24],
        "cta=" + "y" * 40,
        "url=https://example.org/" + "a" * 176,
        'formats=["9:16","16:9"]',
    ]
    result = desk.run(*CLIP, "--json", "--set", "length_s=20", *(part for pair in fields for part in ("--set", pair)))
    assert result.code == 0, result.err
    assert len(result.json["outputs"]["video"]) == 2


def test_a_clip_without_music_or_captions(desk: Desk) -> None:
    result = desk.run(*KETTLE, "--json", "--set", "music=none", "--set", "captions=none")
    assert result.code == 0, result.err
    assert next(step["status"] for step in result.json["steps"] if step["id"] == "music") == "skipped"


def test_a_price_that_fits_nowhere_is_told_with_the_room_there_is(desk: Desk) -> None:
    desk.settings(QUICK)
    place = desk.root / "own.yaml"  # without the shipped workflow's own limits
    place.write_text((ROOT / "workflows" / "product-clip.yaml").read_text().replace("max: 24", "max: 400"))
    result = desk.run("run", place, *KETTLE[2:], "--json", "--set", f"price={'9' * 300}")
    refused(result, 2, "its price of 300 characters does not fit", "shorten it to about")
    assert not desk.out.exists()


def test_paths_with_spaces_and_chinese_characters(tmp_path: Path, shared: Desk) -> None:
    own = Desk(tmp_path / "我的 项目 №1")
    own.environment["AIGC_CACHE_DIR"] = str(own.root / "缓存 cache")
    shutil.copy(EXAMPLES / "pikolo" / "coffee.png", own.root / "咖 啡.png")
    shutil.copy(ROOT / "workflows" / "product-clip.yaml", own.root / "流 程.yaml")
    result = own.run("run", "流 程.yaml", "--profile", "draft", "--json", "--set", "photo=咖 啡.png", *KETTLE[4:], out="输出 out")
    assert result.code == 0, result.err
    assert {path.name for path in (own.root / "输出 out").iterdir()} >= {"product-clip-9x16.mp4", "product-clip.srt"}
    assert all(Path(path).is_file() for path in result.json["outputs"]["video"])


# ---- folders and disks -----------------------------------------------------------------------------------------------


def no_privileges() -> None:
    """Takes away what lets root write anywhere (Linux capability numbers 1 and 2, PR_CAPBSET_DROP), before the program starts."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (1, 2):
            libc.prctl(24, capability, 0, 0, 0)


PLACES: dict[str, tuple[Callable[[Desk], tuple[str, dict[str, str]]], str, str]] = {
    "out is a file": (lambda d: (str(d.root / "config.toml"), {}), "cannot be a folder: a file stands in its way", "--out"),
    "out is below a file": (lambda d: (str(d.root / "config.toml" / "x"), {}), "cannot be a folder", "--out"),
    "out is not allowed": (lambda d: (str(d.root / "locked" / "x"), {}), "not allowed to write", "--out"),
    "out is too long": (lambda d: (str(d.root / ("x" * 300)), {}), "File name too long", "--out"),
    "out is no Unicode": (lambda d: (str(d.root) + "/\udcff", {}), "is not valid Unicode", "--out"),
    "cache is a file": (lambda d: ("o", {"AIGC_CACHE_DIR": str(d.root / "config.toml")}), "the cache cannot be used", "AIGC_CACHE_DIR"),
    "cache is not allowed": (lambda d: ("o", {"AIGC_CACHE_DIR": str(d.root / "locked")}), "not allowed to write", "AIGC_CACHE_DIR"),
}


@pytest.mark.parametrize("case", PLACES)
def test_places_that_cannot_be_written(case: str, desk: Desk) -> None:
    locked = desk.root / "locked"
    locked.mkdir(mode=0o555)
    place, message, hint = PLACES[case]
    out, env = place(desk)
    before = sorted(desk.root.rglob("*"))
    refused(desk.run(*KETTLE, "--json", out=out, env=env, preexec_fn=no_privileges), 5, message, hint)
    assert sorted(desk.root.rglob("*")) == before


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True)
    if done.returncode:
        pytest.skip("a small disk can be mounted only by root")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_under_the_outputs_loses_nothing(fresh: Desk) -> None:
    fresh.settings(QUICK)
    with small_disk(fresh.root / "disk", "100k") as disk:
        result = fresh.run(*KETTLE, "--json", out=disk / "out")
        refused(result, 5, "no space left to write", "free some space")
        assert ".tmp" not in result.json["error"]["message"]
        assert list(disk.iterdir()) == []
    again = fresh.run(*KETTLE, "--json")
    assert again.code == 0, again.err
    assert {step["status"] for step in again.json["steps"]} <= {"cached", "skipped"}


@pytest.mark.parametrize("size", ["40k", "1200k"])
def test_a_full_disk_under_the_cache_loses_nothing(size: str, fresh: Desk) -> None:
    with small_disk(fresh.root / "disk", size) as disk:
        result = fresh.run(*KETTLE, "--json", env={"AIGC_CACHE_DIR": str(disk / "cache")})
        refused(result, 5, "full" if size == "40k" else "no space left", "free some space")
        assert not fresh.out.exists()
        assert [path for path in disk.rglob("*") if path.suffix == ".tmp"] == []


def test_a_file_that_may_not_grow_is_told_as_a_full_disk(fresh: Desk) -> None:
    limit = 150_000
    result = fresh.run(*KETTLE, "--json", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    refused(result, 5, "no space left to write", "free some space")
    assert not fresh.out.exists()
    assert fresh.run(*KETTLE, "--json").code == 0


# ---- streams and surroundings ----------------------------------------------------------------------------------------


def test_a_reader_that_goes_away_ends_the_command_quietly(desk: Desk) -> None:
    assert desk.run(*KETTLE).code == 0
    reader, writer = os.pipe()
    os.close(reader)
    result = desk.run(*KETTLE, stdout=writer)
    os.close(writer)
    assert result.code == 128 + signal.SIGPIPE
    assert "rror" not in result.err
    assert "Traceback" not in result.err


def test_a_full_device_for_the_result_is_told(desk: Desk) -> None:
    with Path("/dev/full").open("wb") as full:
        result = desk.run(*KETTLE, "--json", stdout=full)
    assert result.code == 5
    assert "error: the result cannot be written to stdout" in result.err
    assert "Traceback" not in result.err
    assert "Exception ignored" not in result.err


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_streams_spoil_nothing(closed: tuple[int, ...], fresh: Desk) -> None:
    with fresh.start(*KETTLE, preexec_fn=lambda: [os.close(number) for number in closed]) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert streams_of_fake(fresh.out / "product-clip-9x16.mp4")
    assert fresh.run("cache", "verify", "--json").json["damaged"] == []


def streams_of_fake(path: Path) -> bool:
    import av

    with av.open(str(path)) as container:
        return container.streams.video[0].frames > 0


@pytest.mark.parametrize(
    "env", [{"LC_ALL": "C", "LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1"}]
)
def test_a_terminal_without_unicode(env: dict[str, str], desk: Desk) -> None:
    result = desk.run(*CLIP, "--set", "product=晨光", "--set", "points=好喝", "--set", "language=zh", out="输出", env=env)
    assert result.code == 0, result.err
    assert (desk.root / "输出" / "product-clip-9x16.mp4").is_file()
    assert result.out.isascii() or "输出" in result.out


def test_no_home_folder_is_told_only_when_it_is_needed(desk: Desk) -> None:
    bare = {key: value for key, value in desk.environment.items() if key not in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    desk.environment = bare
    assert desk.run(*KETTLE, "--json").code == 0


def test_the_folder_one_is_in_may_be_gone(desk: Desk, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    result = desk.run(*KETTLE, "--json", cwd=gone, out="o", preexec_fn=gone.rmdir)
    refused(result, 5, "the folder you are in is no longer there", "--out")


# ---- runs that end early ---------------------------------------------------------------------------------------------


def workers_of(desk: Desk) -> list[int]:
    """The processes that work on this desk's cache, by their environment."""
    mark = f"AIGC_CACHE_DIR={desk.environment['AIGC_CACHE_DIR']}".encode()
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            with contextlib.suppress(OSError):
                if mark in (each / "environ").read_bytes().split(b"\0") and b"State:\tZ" not in (each / "status").read_bytes():
                    found.append(int(each.name))
    return found


def ended(desk: Desk, within_s: float = 10) -> bool:
    end = time.monotonic() + within_s
    while workers_of(desk) and time.monotonic() < end:
        time.sleep(0.05)
    return not workers_of(desk)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """What an undisturbed run gives: the texts of its captions, and its decoded frames."""
    quiet = Desk(tmp_path_factory.mktemp("quiet"))
    quiet.settings(QUICK)
    result = quiet.run(*KETTLE, "--json")
    assert result.code == 0, result.err
    return contents(result)


def contents(result: Result) -> tuple[dict[str, Any], list[str]]:
    outputs = result.json["outputs"]
    texts = {Path(path).name: Path(path).read_text() for path in outputs["captions"]}
    return {**texts, "script": outputs["script"]}, frame_hashes(Path(outputs["video"][0]))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_run_goes_on_where_it_stopped(seed: int, fresh: Desk, undisturbed: tuple[dict[str, Any], list[str]]) -> None:
    fresh.settings(QUICK)
    dice = random.Random(seed)
    finished: set[str] = set()
    for _ in range(2):
        with fresh.start(*KETTLE, start_new_session=True) as process:
            time.sleep(dice.uniform(0.3, 3.5))
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            told = (process.stderr.read() if process.stderr else b"").decode()
        finished |= {line.split()[1] for line in told.splitlines() if line.startswith(("done", "cached"))}
        assert ended(fresh), "the workers outlived their run"
        assert not [path for path in fresh.root.glob("out/*") if path.suffix == ".tmp"]
    result = fresh.run(*KETTLE, "--json")
    assert result.code == 0, result.err
    assert not list(fresh.root.glob("out/.*"))
    assert contents(result) == undisturbed
    assert {step["id"] for step in result.json["steps"] if step["status"] == "ran"} & finished == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_cleanly(number: signal.Signals, fresh: Desk) -> None:
    fresh.settings(QUICK)
    with fresh.start(*KETTLE, "--json") as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        while line and not line.startswith(b"done"):
            line = process.stderr.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    answer = json.loads(out)
    assert answer["error"] == {"message": "interrupted", "hint": "run it again: it goes on where it stopped", "code": 130}
    assert b"Traceback" not in err
    assert ended(fresh)
    assert not fresh.out.exists()
    assert [path.name for path in (fresh.root / "cache" / "tmp").glob("*") if path.is_dir()] == []
    again = fresh.run(*KETTLE, "--json")
    assert again.code == 0
    assert next(step["status"] for step in again.json["steps"] if step["id"] == "script") == "cached"


def test_two_runs_at_once_share_a_cache(fresh: Desk) -> None:
    both = [fresh.start(*KETTLE, "--json", out=fresh.root / name) for name in ("one", "two")]
    answers = []
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        answers.append(json.loads(out))
    first, second = (Path(answer["outputs"]["video"][0]).read_bytes() for answer in answers)
    assert first == second
    assert fresh.run("cache", "verify", "--json").json["damaged"] == []


def test_the_clip_of_a_quick_run_is_a_real_one(undisturbed: tuple[dict[str, Any], list[str]], desk: Desk) -> None:
    """The comparisons above mean something only when there are frames and captions to compare."""
    texts, hashes = undisturbed
    assert len(set(hashes)) > 50
    assert "-->" in texts["product-clip.srt"]
