"""Coqui's own code on a tiny VITS with random weights: what it says is noise, but all of the way is walked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from aigc_cli.errors import AigcError, MissingModel, Refused, WorkflowError
from aigc_cli.media.audio.sound import write_wav
from aigc_cli.providers.coqui_speech import CoquiSpeech, reference
from aigc_cli.shapes import Line, Speech
from aigc_cli.steps.speech import Say
from tests.contracts.speech import LOADED, SharedDesk, check_repeats, check_take
from tests.models.tiny_voices import save_xtts
from tests.voicebox import say, wav

pytestmark = pytest.mark.models
CONSENT = "Ann Example agreed on 2026-11-01 that her voice is cloned for Pikolo's clips."


def save_vits(folder: Path, speakers: int = 0) -> Path:
    """A VITS model as Coqui's trainer saves it, about 1 MB."""
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits, VitsArgs

    torch.manual_seed(0)
    args = VitsArgs(
        hidden_channels=32,
        hidden_channels_ffn_text_encoder=32,
        num_heads_text_encoder=1,
        num_layers_text_encoder=1,
        num_layers_posterior_encoder=1,
        num_layers_flow=1,
        upsample_initial_channel_decoder=32,
        use_sdp=False,
        init_discriminator=False,
        length_scale=2.0,
    )
    model = Vits(VitsConfig(model_args=args, text_cleaner="basic_cleaners", use_phonemes=False))
    model.config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder


@pytest.fixture(scope="module")
def vits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_vits(tmp_path_factory.mktemp("vits"))


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path)


def test_a_take_is_what_it_says(vits: Path, desk: SharedDesk) -> None:
    check_take(CoquiSpeech(model=str(vits)), desk, "en")


def test_the_same_line_gives_the_same_bytes_and_another_seed_others(vits: Path, desk: SharedDesk) -> None:
    check_repeats(CoquiSpeech(model=str(vits)), desk, "en")
    line = Line(text="Hello there, this is it.")
    first = CoquiSpeech(model=str(vits)).speak(line, desk)
    desk.seed = 7
    assert CoquiSpeech(model=str(vits)).speak(line, desk).audio.digest != first.audio.digest


def test_speed_is_the_models_own(vits: Path, desk: SharedDesk) -> None:
    provider = CoquiSpeech(model=str(vits))
    slow, quick = (provider.speak(Line(text="Hello there, this is it.", speed=speed), desk).duration_s for speed in (1.0, 2.0))
    assert quick < slow * 0.75


def test_a_model_has_the_speakers_it_has(vits: Path, desk: SharedDesk) -> None:
    with pytest.raises(WorkflowError, match="no speaker `p225`"):
        CoquiSpeech(model=str(vits)).speak(Line(text="Hello there.", voice="p225"), desk)


def test_other_weights_give_another_key(vits: Path, desk: SharedDesk, tmp_path: Path) -> None:
    step = Say(text="Hi")
    before = CoquiSpeech(model=str(vits)).materials(step, desk.templates)
    other = tmp_path / "copy"
    other.mkdir()
    (other / "config.json").write_bytes((vits / "config.json").read_bytes())
    (other / "model.pth").write_bytes((vits / "model.pth").read_bytes())
    assert CoquiSpeech(model=str(other)).materials(step, desk.templates) == before
    (other / "model.pth").write_bytes(b"other")
    assert CoquiSpeech(model=str(other)).materials(step, desk.templates) != before


def test_damaged_and_missing_models_are_told(vits: Path, desk: SharedDesk, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((vits / "config.json").read_bytes())
    cases: list[tuple[str, type[AigcError], str]] = [
        (str(tmp_path), MissingModel, "no checkpoint"),
        (str(tmp_path / "no"), MissingModel, "no model at"),
    ]
    for model, kind, words in cases:
        with pytest.raises(kind, match=words):
            CoquiSpeech(model=model).speak(Line(text="Hi."), desk)
    (tmp_path / "model.pth").write_bytes((vits / "model.pth").read_bytes()[:5000])
    with pytest.raises(MissingModel, match="cannot be loaded"):
        CoquiSpeech(model=str(tmp_path)).speak(Line(text="Hi."), desk)
    with pytest.raises(WorkflowError, match="not absolute"):
        CoquiSpeech(model="models/vits").speak(Line(text="Hi."), desk)
    with pytest.raises(Refused, match="offline"):
        CoquiSpeech(model="tts_models/en/ljspeech/vits").speak(Line(text="Hi."), desk)


def test_a_checkpoint_never_runs_its_code(vits: Path, desk: SharedDesk, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    (tmp_path / "config.json").write_bytes((vits / "config.json").read_bytes())
    torch.save({"model": Bomb()}, tmp_path / "model.pth")
    with pytest.raises(MissingModel, match="cannot be loaded"):
        CoquiSpeech(model=str(tmp_path)).speak(Line(text="Hi."), desk)
    assert not (tmp_path / "ran").exists()
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "model": "bark"}))  # its loader would
    LOADED.pop(f"coqui:{tmp_path}", None)
    with pytest.raises(Refused, match="`bark` are not used here"):
        CoquiSpeech(model=str(tmp_path)).speak(Line(text="Hi."), desk)


def test_cloning_asks_for_consent(vits: Path, desk: SharedDesk) -> None:
    sound = desk.save(wav(say("Here is my voice, and here is more of it to be sure.")[0]), "audio/wav")
    assert "consent" in (CoquiSpeech(model=str(vits), reference=sound).misfit(Say(text="Hi")) or "")
    assert CoquiSpeech(model=str(vits), reference=sound, consent=CONSENT).misfit(Say(text="Hi")) is None
    with pytest.raises(WorkflowError, match="consent"):
        CoquiSpeech(model=str(vits), reference=sound).speak(Line(text="Hi."), desk)
    with pytest.raises(WorkflowError, match="cannot clone"):
        CoquiSpeech(model=str(vits), reference=sound, consent=CONSENT).speak(Line(text="Hi."), desk)


@pytest.mark.parametrize(
    ("seconds", "kind", "words"),
    [
        (10, "silence", "is silent"),
        (1, "speech", "only .* s of speech"),
        (200, "speech", "longer than 120 seconds"),
        (7200, "silence", "longer than"),
    ],
)
def test_a_useless_reference_is_refused(tmp_path: Path, seconds: int, kind: str, words: str) -> None:
    samples = (
        np.resize(say("Here is my voice, and more of it.")[0], seconds * 8000) if kind == "speech" else np.zeros(seconds * 8000, np.float32)
    )
    write_wav(tmp_path / "reference.wav", samples.astype(np.float32), rate_hz=8000)
    with pytest.raises(WorkflowError, match=words) as caught:
        reference(tmp_path / "reference.wav")
    assert caught.value.hint


@pytest.mark.parametrize(("seconds", "words"), [(10, "the reference recording is silent"), (7200, "longer than 120 seconds")])
def test_a_useless_reference_stops_a_run_with_a_cure(vits: Path, tmp_path: Path, seconds: int, words: str) -> None:
    write_wav(tmp_path / "owner.wav", np.zeros(seconds * 8000, np.float32), rate_hz=8000)
    wishes = {"text": "Welcome back.", "model": str(vits), "reference": "owner.wav", "consent": CONSENT}
    step = json.dumps({"uses": "speech.say", "provider": "coqui", "with": wishes})
    (tmp_path / "clone.yaml").write_text(f"aigc: 1\nname: clone\nsteps:\n  voice: {step}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "aigc_cli", "run", "clone.yaml", "--offline", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        env={"AIGC_CACHE_DIR": str(tmp_path / "cache"), "AIGC_CONFIG": str(tmp_path / "config.toml"), "PATH": "", "HOME": str(tmp_path)},
    )
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (2, 2), done.stderr
    assert words in error["message"]
    assert error["hint"]


def test_a_reference_is_cut_to_what_is_said(tmp_path: Path) -> None:
    samples, words = say("Here is my voice, and here is more of it to be sure.")
    quiet = np.zeros(22_050 * 3, np.float32)
    write_wav(tmp_path / "reference.wav", np.concatenate([quiet, samples, quiet]), rate_hz=22_050)
    made = reference(tmp_path / "reference.wav")
    assert len(made) / 16_000 == pytest.approx(words[-1][2] - words[0][1], abs=0.1)


@pytest.fixture(scope="module")
def xtts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_xtts(tmp_path_factory.mktemp("xtts"))


def test_xtts_speaks_in_the_voice_of_a_recording_and_keeps_the_consent(xtts: Path, desk: SharedDesk) -> None:
    def clone(pitch: float) -> Speech:
        samples = say("Here is my voice, and here is more of it to be sure.")[0]
        owner = desk.save(wav(samples, round(22_050 * pitch)), "audio/wav", "owner.wav")
        return CoquiSpeech(model=str(xtts), reference=owner, consent=CONSENT).speak(Line(text="Welcome back to Pikolo."), desk)

    first = clone(1.0)
    assert (first.voice, first.consent, first.provider) == ("reference", CONSENT, "coqui")
    assert [word.text for word in first.words] == ["Welcome", "back", "to", "Pikolo."]
    assert any(CONSENT in note for note in desk.notes)
    assert first.duration_s > 0.5
    assert clone(0.8).audio.digest != first.audio.digest  # another recording, another voice


def test_xtts_without_a_recording_or_in_a_language_it_lacks_is_told(xtts: Path, desk: SharedDesk) -> None:
    with pytest.raises(WorkflowError, match="needs a voice to clone"):
        CoquiSpeech(model=str(xtts)).speak(Line(text="Welcome."), desk)
    with pytest.raises(WorkflowError, match="does not speak `sw`") as caught:
        CoquiSpeech(model=str(xtts)).speak(Line(text="Karibu.", language="sw"), desk)
    assert "zh-cn" in caught.value.hint
