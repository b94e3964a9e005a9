"""Whole runs with models on this machine: pictures, music and the choice among pictures, by the engine, twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.assets import Templates
from aigc_cli.steps.text import Write
from aigc_cli.writing import drafting, prompting
from aigc_cli.writing.skeleton import skeleton
from tests.desk import EXAMPLES
from tests.models import test_transformers_describe, tiny, tiny_additions, tiny_films, tiny_music, tiny_pictures
from tests.models.test_clip_rank import save_clip
from tests.models.test_coqui import save_vits

WORKFLOW = """
aigc: 1
name: pictures
defaults:
  image: {{provider: diffusers, model: {images}, steps: 2, width: 64, height: 64}}
steps:
  drawn:
    uses: image.create
    for_each: [a red cup, a blue cup, a boat]
    with: {{prompt: "${{{{ item }}}}"}}
  best:
    uses: image.rank
    provider: clip
    with: {{model: {clip}, prompt: red, allow_faults: true, pictures: "${{{{ steps.drawn }}}}"}}
  music:
    uses: music.compose
    provider: transformers
    with: {{model: {music}, duration_s: 1.5, mood: calm}}
outputs:
  picture: ${{{{ steps.best.picture.image }}}}
  music: ${{{{ steps.music.audio }}}}
"""


def run(folder: Path, *words: str) -> Any:
    command = [sys.executable, "-m", "aigc_cli", "run", *(words or ("pictures.yaml",)), "--json", "--offline", "--out", "out"]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        env={"AIGC_CACHE_DIR": str(folder / "cache"), "PATH": "", "HOME": str(folder), "AIGC_CONFIG": str(folder / "config.toml")},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.network
def test_a_run_draws_chooses_and_plays_and_is_cached(tmp_path: Path) -> None:
    places = {
        "images": tiny_pictures.save(tiny_pictures.pipeline(tmp_path / "a"), tmp_path / "a" / "model"),
        "clip": save_clip(tmp_path / "b", is_taught=False),
        "music": tiny_music.save(tiny_music.musicgen(), tmp_path / "c"),
    }
    (tmp_path / "pictures.yaml").write_text(WORKFLOW.format(**places))
    first = run(tmp_path)
    assert {each["status"] for each in first["steps"]} == {"ran"}
    made = {name: (tmp_path / path).read_bytes() for name, path in first["outputs"].items()}
    assert made["picture"].startswith(b"\x89PNG")
    assert made["music"].startswith(b"RIFF")
    again = run(tmp_path)
    assert {each["status"] for each in again["steps"]} == {"cached"}
    assert {name: (tmp_path / path).read_bytes() for name, path in again["outputs"].items()} == made


SAID = (
    ("Meet Pikolo, for coffee anywhere.", "Meet", "Pikolo", "a cup of coffee"),
    ("It is ready in 30 seconds.", "", "30 seconds", "a clock"),
    ("And it fits every bag.", "", "Every bag", "a bag"),
    ("Order now.", "", "Order now", ""),
)


def save_writer(folder: Path, request: Write) -> Path:
    """A model that was taught this answer to the end of the shipped prompt, as far back as it sees."""
    words = tiny.tokenizer()
    turns = drafting.conversation(prompting.load(Templates.beside(None), "product-clip", "en"), request)
    asked = words.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    gaps, end = skeleton("Pikolo", len(SAID))
    said = "".join(gap.before + word for gap, word in zip(gaps, (word for scene in SAID for word in scene), strict=True)) + end
    return tiny.save(tiny.taught(asked[-130:], said, model=tiny.near_sighted()), words, folder)


@pytest.mark.network
def test_a_product_clip_is_made_with_models_on_this_machine(tmp_path: Path) -> None:
    """Words, voice, pictures, films, music and the photo's description, each by a tiny model of its family; none has a stand-in's line."""
    points = ["Ready in 30 seconds", "Fits every bag"]
    writer = save_writer(tmp_path / "w", Write(facts={"product": "Pikolo", "points": points}, length_s=10))
    images = tiny_pictures.save(tiny_pictures.pipeline(tmp_path / "a"), tmp_path / "a" / "model")
    music = tiny_music.save(tiny_music.musicgen(), tmp_path / "c")
    seer = test_transformers_describe.save_captioner(tmp_path / "s")
    photo = tmp_path / "cup.png"
    shutil.copy(EXAMPLES / "pikolo" / "coffee.png", photo)
    film = tiny_films.save(tiny_films.ltx(), tmp_path / "d")
    (tmp_path / "v").mkdir()
    (tmp_path / "config.toml").write_text(
        f'[text]\nmodel = "{writer}"\ntemperature = 0\n[speech]\nmodel = "{save_vits(tmp_path / "v")}"\n'
        f'[image]\nmodel = "{images}"\nsteps = 2\ncandidates = 2\n[music]\nmodel = "{music}"\n[describe]\nmodel = "{seer}"\n'
        f'[motion]\nmodel = "{film}"\nsteps = 2\nside = 64\nframes = 17\n'
    )
    given = (
        "product=Pikolo",
        f"points={json.dumps(points)}",
        "length_s=10",
        'formats=["180x320"]',
        "motion=first",
        "describe=true",
        f"photo={photo}",
    )
    made = run(tmp_path, "product-clip", "--profile", "local-ai", *(word for each in given for word in ("--set", each)))
    who = {each["id"]: each["provider"] for each in made["steps"]}
    assert {name: who[name] for name in ("script", "voice", "pictures", "moving", "music", "seen")} == {
        "script": "transformers", "voice": "coqui", "pictures": "diffusers", "moving": "diffusers", "music": "transformers",
        "seen": "transformers",
    }  # fmt: skip
    assert [scene["say"] for scene in made["outputs"]["script"]["scenes"]] == [scene[0] for scene in SAID]
    clips = [
        path for value in made["outputs"].values() for path in (value if isinstance(value, list) else [value]) if str(path).endswith(".mp4")
    ]
    assert clips
    assert (tmp_path / clips[0]).stat().st_size > 10_000


LANGUAGES = """
aigc: 1
name: languages
defaults:
  translate: {{provider: transformers, model: {translator}}}
  describe: {{provider: transformers, model: {captioner}}}
  sound: {{provider: transformers, model: {sound}}}
inputs:
  photo: {{type: file}}
steps:
  german:
    uses: text.translate
    with:
      language: de
      keep: [Pikolo]
      script: {{title: Pikolo, language: en, scenes: [{{id: hook, layout: title, say: Meet Pikolo., show: {{headline: Pikolo}}}}]}}
  seen:
    uses: image.describe
    with: {{image: "${{{{ inputs.photo }}}}"}}
  noise:
    uses: sound.effect
    with: {{prompt: a cup is put down, duration_s: 0.5}}
outputs:
  german: ${{{{ steps.german }}}}
  seen: ${{{{ steps.seen }}}}
  noise: ${{{{ steps.noise.audio }}}}
"""


@pytest.mark.network
def test_a_run_translates_describes_and_sounds_and_is_cached(tmp_path: Path) -> None:
    from tests.models import test_transformers_describe, test_transformers_translate, tiny

    translator = test_transformers_translate
    places = {
        "translator": tiny.save(translator.taught(translator.WORDS), translator.words(), tmp_path / "a"),
        "captioner": test_transformers_describe.save_captioner(tmp_path / "b"),
        "sound": tiny_music.save(tiny_music.musicgen(), tmp_path / "c"),
    }
    (tmp_path / "languages.yaml").write_text(LANGUAGES.format(**places))
    test_transformers_describe.scene("red").save(tmp_path / "photo.png")
    words = ("languages.yaml", "--set", f"photo={tmp_path / 'photo.png'}")
    first = run(tmp_path, *words)
    assert first["outputs"]["german"]["scenes"][0]["say"] == "Das ist Pikolo."
    assert first["outputs"]["seen"]["alt"] == "A red cup"
    assert (tmp_path / first["outputs"]["noise"]).read_bytes().startswith(b"RIFF")
    again = run(tmp_path, *words)
    assert {each["status"] for each in again["steps"]} == {"cached"}
    assert again["outputs"]["german"] == first["outputs"]["german"]


SERIES = """
aigc: 1
name: series
inputs:
  reference: {{type: file, media: image}}
defaults:
  image:
    provider: diffusers
    model: {model}
    steps: 2
    width: 64
    height: 64
    subject: a small red kettle
    reference: "${{{{ inputs.reference }}}}"
    reference_model: {adapter}
    loras: [{{file: {lora}, weight: 0.7}}]
steps:
  drawn:
    uses: image.create
    for_each: [on a table, on a mountain]
    with: {{prompt: "${{{{ item }}}}"}}
outputs:
  pictures: ${{{{ steps.drawn | pluck('image') }}}}
"""


@pytest.mark.network
def test_one_subject_goes_through_all_scenes_by_its_words_its_picture_and_one_seed(tmp_path: Path) -> None:
    pipe = tiny_pictures.pipeline(tmp_path / "a")
    places = {
        "model": tiny_pictures.save(pipe, tmp_path / "a" / "model"),
        "adapter": tiny_additions.ip_adapter(pipe, tmp_path / "ip"),
        "lora": tiny_additions.lora(tmp_path / "lora"),
    }
    (tmp_path / "pictures.yaml").write_text(SERIES.format(**places))
    shutil.copy(EXAMPLES / "pikolo" / "coffee.png", tmp_path / "kettle.png")
    made = run(tmp_path, "pictures.yaml", "--set", "reference=kettle.png")
    assert [each["status"] for each in made["steps"]] == ["ran"]
    assert len({(tmp_path / path).read_bytes() for path in made["outputs"]["pictures"]}) == 2
    assert [each["status"] for each in run(tmp_path, "pictures.yaml", "--set", "reference=kettle.png")["steps"]] == ["cached"]
