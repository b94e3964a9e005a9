"""Models from a hub, through the command line, from a server that speaks the hub's protocol: got, cut off, changed, refused, removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from aigc_cli.cli.app import call
from aigc_cli.models import hub as models_hub
from aigc_cli.models import shelf
from tests.servers.hub_server import COMMIT, OLDER, HubServer, hub
from tests.test_weights import tensors

pytestmark = pytest.mark.network

CARD = b"---\nlicense: apache-2.0\n---\n"
Answer = tuple[int, str, str]
Aigc = Callable[..., Answer]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub() as state:
        state.files = {"config.json": b'{"model_type": "llama"}', "README.md": CARD, "model.safetensors": big()}
        for name, value in (("HF_ENDPOINT", state.url), ("HF_HUB_CACHE", str(tmp_path / "hub")), ("AIGC_CONFIG", str(tmp_path / "config"))):
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield state


@pytest.fixture
def aigc(capsys: pytest.CaptureFixture[str]) -> Aigc:
    def run(*args: str) -> Answer:
        capsys.readouterr()
        code = call(["models", *args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def big(count: int = 100_000) -> bytes:
    """Whole safetensors of 4 bytes times `count`, of which no two pieces are equal."""
    head = json.dumps({"w": {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]}}).encode()
    return len(head).to_bytes(8, "little") + head + np.arange(count, dtype="<u4").tobytes()


def test_a_model_is_told_of_got_checked_shown_and_removed(server: HubServer, aigc: Aigc, tmp_path: Path) -> None:
    code, out, err = aigc("pull", "owner/name", "--yes")
    assert code == 0, err
    folder = tmp_path / "hub" / "models--owner--name" / "snapshots" / COMMIT
    assert out.strip() == str(folder)
    assert (folder / "model.safetensors").read_bytes() == server.files["model.safetensors"]
    assert "licence: apache-2.0" in err and "size: 400 kB" in err and f"`revision: {COMMIT}`" in err
    assert aigc("check")[0] == aigc("check", "owner/name")[0] == 0
    (listed,) = json.loads(aigc("list", "--json")[1])["models"]
    assert (listed["name"], listed["revision"], listed["licence"], listed["problems"]) == ("owner/name", COMMIT, "apache-2.0", [])
    assert f'model = "owner/name" and revision = "{COMMIT}"' in aigc("show", "owner/name")[2]
    code, out, err = aigc("remove", "owner/name", "--yes", "--json")
    assert code == 0 and json.loads(out)["freed"] > 400_000
    assert not (tmp_path / "hub" / "models--owner--name").exists()
    assert aigc("remove", "owner/name", "--yes")[0] == 3


def test_what_is_here_is_not_got_again(server: HubServer, aigc: Aigc) -> None:
    aigc("pull", "owner/name", "--yes")
    before = server.sent
    code, _, err = aigc("pull", "owner/name", "--revision", COMMIT)
    assert code == 0 and server.sent == before and "0 B still to come" in err


def test_nobody_to_ask_means_no_download(server: HubServer, aigc: Aigc) -> None:
    code, _, err = aigc("pull", "owner/name")
    assert code == 2 and "--yes" in err and server.sent == 0


def test_what_was_cut_off_goes_on(server: HubServer, aigc: Aigc) -> None:
    content = server.files["model.safetensors"] = big(8_000_000)
    server.faults = {"cut"}
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 0, err
    assert server.ranges and all(int(each.removeprefix("bytes=").partition("-")[0]) >= 10 << 20 for each in server.ranges)
    assert server.sent < 1.4 * len(content)
    assert aigc("check", "owner/name")[0] == 0


def test_other_bytes_than_listed_are_refused_and_thrown_away(server: HubServer, aigc: Aigc, tmp_path: Path) -> None:
    server.faults = {"swap"}
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 4 and "checksum differs" in err
    assert not list((tmp_path / "hub").rglob("model.safetensors"))
    server.faults = set()
    assert aigc("pull", "owner/name", "--yes")[0] == 0


def test_a_file_that_changed_on_this_machine_is_found(server: HubServer, aigc: Aigc, tmp_path: Path) -> None:
    aigc("pull", "owner/name", "--yes")
    weights = next((tmp_path / "hub").rglob("model.safetensors")).resolve()
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    code, out, _ = aigc("check", "owner/name")
    assert code == 3 and "`model.safetensors` is not what was got" in out


@pytest.mark.parametrize(
    ("model", "revision", "fault", "code", "words"),
    [
        ("owner/none", "main", "", 3, ["the hub knows no model `owner/none`", "HF_TOKEN"]),
        ("owner/name", "v9", "", 3, ["no revision `v9`"]),
        ("owner/name", "main", "gate", 3, ["accept", "HF_TOKEN"]),
        ("owner/name", "main", "down", 4, ["try again"]),
        ("owner/name", "main", "html", 4, ["hub"]),
        ("../etc", "main", "", 2, ["folder"]),
        ("a b", "main", "", 2, ["neither a folder nor an id"]),
    ],
)
def test_refusals_name_their_cure(
    server: HubServer, aigc: Aigc, model: str, revision: str, fault: str, code: int, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.faults = {fault}
    got, out, err = aigc("pull", model, "--revision", revision, "--yes")
    assert (got, out) == (code, ""), err
    assert all(word in err for word in words) and "hint:" in err and "bug" not in err, err


def test_a_hub_that_is_not_there(server: HubServer, aigc: Aigc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 4 and "hint:" in err and "bug" not in err


def test_offline_never_touches_the_net(server: HubServer, aigc: Aigc) -> None:
    assert aigc("pull", "owner/name", "--yes", "--offline")[0] == 4 or not server.asked
    assert not server.asked


def test_pickles_are_refused_before_anything_comes(server: HubServer, aigc: Aigc) -> None:
    server.files = {"config.json": b"{}", "pytorch_model.bin": b"x" * 70_000}
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 4 and "pickles" in err and server.sent == 0


def test_code_of_its_own_is_refused_unless_the_user_trusts_it(server: HubServer, aigc: Aigc, tmp_path: Path) -> None:
    server.files["config.json"] = b'{"model_type": "odd", "auto_map": {"AutoModel": "odd.Odd"}}'
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 4 and "code of its own" in err and "trusted_models" in err
    assert not list((tmp_path / "hub").rglob("model.safetensors"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('trusted_models = ["owner/name"]\n')
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 0, err


def test_a_name_that_leads_elsewhere_is_refused(server: HubServer, aigc: Aigc, tmp_path: Path) -> None:
    server.files["../../../evil.json"] = b"{}"
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 4 and "leads elsewhere" in err


def test_only_what_is_needed_comes(server: HubServer) -> None:
    names = ["model_index.json", "all.safetensors", "unet/config.json", "unet/model.safetensors", "unet/model.fp16.safetensors"]
    names += ["unet/model.bin", "vae/model-00001-of-00002.safetensors", "vae/model-00002-of-00002.safetensors", "a.onnx", "show.png"]
    server.files = dict.fromkeys(names, tensors())
    plain = {file.name for file in models_hub.look_up("owner/name").files}
    vae = {"vae/model-00001-of-00002.safetensors", "vae/model-00002-of-00002.safetensors"}
    assert plain == {"model_index.json", "unet/config.json", "unet/model.safetensors"} | vae
    small = {file.name for file in models_hub.look_up("owner/name", variant="fp16").files}
    assert small == {"model_index.json", "unet/config.json", "unet/model.fp16.safetensors"} | vae
    assert [file.name for file in models_hub.look_up("owner/name", only=("*.onnx",)).files] == ["a.onnx"]


def test_one_of_two_revisions_is_removed(server: HubServer, aigc: Aigc, tmp_path: Path) -> None:
    aigc("pull", "owner/name", "--revision", OLDER, "--yes")
    server.files["model.safetensors"] = server.files["model.safetensors"][:-1] + b"\1"
    aigc("pull", "owner/name", "--yes")
    code, out, err = aigc("remove", "owner/name", "--revision", OLDER, "--yes", "--json")
    assert code == 0 and 400_000 < json.loads(out)["freed"] < 500_000, err
    assert shelf.must_be_here("owner/name") == [COMMIT]
    assert aigc("check", "owner/name")[0] == 0


def test_a_disk_without_room_is_told_before_anything_comes(server: HubServer, aigc: Aigc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_hub, "_SPARE_BYTES", 1 << 60)
    code, _, err = aigc("pull", "owner/name", "--yes")
    assert code == 5 and "make room" in err and server.sent == 0
