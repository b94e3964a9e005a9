"""Segments: their key material, and the file they are joined to."""

import json

import av
import numpy as np
import pytest

from aigc_cli.errors import RenderError
from aigc_cli.media.audio import aac
from aigc_cli.media.audio.sound import decode
from aigc_cli.media.files.coding import CODINGS
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.files.segments import join, render_segment, segment_material
from aigc_cli.media.filming.probe import probe
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.timeline import Timeline
from tests.media import clips

OPTIONS = EncoderOptions(crf=16)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The clip's timeline, its segments, the joined file with a beep, and all frames as they were composed."""
    folder = tmp_path_factory.mktemp("segments")
    store = clips.store_at(folder)
    timeline = clips.clip(store)
    composer = Composer(timeline, store.open, paint=clips.rects, animate=clips.grow)
    segments = [folder / f"{k}.mp4" for k in range(3)]
    for k, path in enumerate(segments):
        render_segment(composer, k, path, OPTIONS)
    t = np.arange(timeline.frames * 1600) / 48000
    sound = np.repeat((0.3 * np.sin(2 * np.pi * 440 * t) * (t > 0.9))[:, None], 2, 1).astype(np.float32)
    (folder / "sound.m4a").write_bytes(aac.encode(sound))
    frames = join(segments, folder / "sound.m4a", folder / "out.mp4", fps=30, title="Käse & 奶酪", language="zh-CN")
    raw = [[plane.copy() for plane in composer.frame(n)] for n in range(timeline.frames)]
    return timeline, segments, folder / "out.mp4", frames, raw, composer


def test_the_joined_file_has_every_frame_once_at_its_time(made):
    timeline, _, path, frames, raw, _ = made
    decoded = clips.decoded(path)
    assert frames == len(decoded) == timeline.frames
    base = decoded[1][0]
    assert [pts for pts, _ in decoded] == [n * base for n in range(timeline.frames)]
    for n, (_, picture) in enumerate(decoded):
        luma = picture[: timeline.height].astype(float)
        own = np.mean((luma - raw[n][0]) ** 2)
        assert own < 25, n
        if 0 < n < timeline.frames - 1 and n not in (43, 44):
            assert own <= np.mean((luma - raw[n - 1][0]) ** 2) + 1


def test_joining_changes_no_picture(made):
    _, segments, path, *_ = made
    apart = [picture for segment in segments for _, picture in clips.decoded(segment)]
    assert all(np.array_equal(a, b) for a, (_, b) in zip(apart, clips.decoded(path), strict=True))


def test_joined_and_whole_renders_look_the_same(made, tmp_path):
    timeline, _, path, _, raw, composer = made
    write_video(tmp_path / "whole.mp4", composer.frame, timeline.frames, size=(timeline.width, timeline.height), fps=30, options=OPTIONS)
    whole, joined = clips.decoded(tmp_path / "whole.mp4"), clips.decoded(path)
    assert len(whole) == len(joined)
    errors = [
        [np.mean((p[: timeline.height].astype(float) - r[0]) ** 2) for (_, p), r in zip(film, raw, strict=True)] for film in (whole, joined)
    ]
    assert max(errors[1]) < 2 * max(errors[0]) + 4


def test_the_joined_file_says_what_it_is(made):
    timeline, _, path, *_ = made
    facts = probe(path)
    assert facts.is_fast_start
    assert facts.title == "Käse & 奶酪"
    assert facts.duration_s == pytest.approx(float(timeline.duration), abs=1e-6)
    video, audio = facts.video, facts.audio
    assert (video.frames, video.fps, video.is_constant, video.start_s) == (timeline.frames, 30.0, True, 0.0)
    assert set(video.key_frames) >= {shot.start for shot in timeline.shots}
    assert (video.colour_range, video.primaries, video.transfer, video.matrix) == ("tv", "bt709", "bt709", "bt709")
    assert (video.language, audio.language) == ("zho", "zho")
    assert (audio.codec, audio.rate_hz, audio.channels, audio.start_s) == ("aac", 48000, 2, 0.0)
    assert audio.duration_s == pytest.approx(float(timeline.duration), abs=1e-4)


def test_sound_is_where_it_was_put(made):
    *_, path, _, _, _ = made
    with av.open(str(path)) as container:
        blocks = [(frame.pts, frame.to_ndarray()[0]) for frame in container.decode(audio=0)]
    wave = np.zeros(blocks[-1][0] + 4096)
    for pts, block in blocks:
        wave[max(pts, 0) : pts + len(block)] = block[max(-pts, 0) :]
    loud = np.nonzero(np.abs(wave) > 0.1)[0]
    assert loud[0] / 48000 == pytest.approx(0.9, abs=0.004)
    assert np.abs(wave[60000:70000]).max() == pytest.approx(0.3, abs=0.05)


def test_joining_twice_gives_the_same_bytes(made, tmp_path):
    _, segments, *_ = made
    (tmp_path / "sound").write_bytes(aac.encode(np.zeros((86400, 2), np.float32)))
    for name in ("a", "b"):
        join(segments, tmp_path / "sound", tmp_path / name, fps=30, title="x", language="en")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("seconds", [0.0, 0.7, 1.7, 5.0])
def test_sound_of_another_length_than_the_pictures_is_refused(made, tmp_path, seconds):
    _, segments, *_ = made
    (tmp_path / "sound").write_bytes(aac.encode(np.zeros((int(seconds * 48000), 2), np.float32)))
    with pytest.raises(RenderError):
        join(segments, tmp_path / "sound", tmp_path / "a.mp4", fps=30)
    assert not (tmp_path / "a.mp4").exists()


def test_a_file_says_its_title_and_who_agreed_to_a_cloned_voice(made, tmp_path):
    _, segments, *_ = made
    join(segments, None, tmp_path / "a.mp4", fps=30, title="Käse", comment="The voice is cloned: Ann agreed on 2026-11-01.")
    join(segments, None, tmp_path / "b.mp4", fps=30)
    with av.open(str(tmp_path / "a.mp4")) as said, av.open(str(tmp_path / "b.mp4")) as silent:
        assert (said.metadata["title"], said.metadata["comment"]) == ("Käse", "The voice is cloned: Ann agreed on 2026-11-01.")
        assert not {"title", "comment"} & set(silent.metadata)


def test_sound_is_copied_as_it_was_encoded(made, tmp_path):
    *_, path, _, _, _ = made
    with av.open(str(path)) as joined, av.open(str(path.parent / "sound.m4a")) as alone:
        packets = [[(packet.pts, bytes(packet)) for packet in each.demux(audio=0) if packet.size] for each in (joined, alone)]
    assert packets[0] == packets[1]


def test_without_sound_there_is_no_sound_stream(made, tmp_path):
    _, segments, *_ = made
    join(segments[1:], None, tmp_path / "a.mp4", fps=30)
    facts = probe(tmp_path / "a.mp4")
    assert facts.audio is None
    assert facts.video.frames == 34


@pytest.mark.parametrize(("codec", "sound"), [("hevc", "aac"), ("av1", "aac"), ("vp9", "opus")])
def test_other_codecs_are_joined_from_segments_too(made, tmp_path, codec, sound):
    timeline, _, path, _, raw, composer = made
    options = EncoderOptions(codec=codec, preset="ultrafast")
    segments = [tmp_path / f"{k}.mp4" for k in range(3)]
    for k, segment in enumerate(segments):
        render_segment(composer, k, segment, options)
    target = tmp_path / f"out{CODINGS[codec].ending}"
    join(segments, path.parent / "sound.m4a", target, fps=30, title="Käse", language="de")
    with av.open(str(target)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert codec in video.codec_context.codec.canonical_name
        assert audio.codec_context.codec.canonical_name == sound
        assert (video.codec_context.colorspace, video.codec_context.color_range) == (1, 1)
        assert audio.metadata["language"] in ("deu", "ger")
        base = video.time_base
        if codec == "hevc":
            assert video.codec_context.codec_tag == "hvc1"
    decoded, apart = clips.decoded(target), [picture for segment in segments for _, picture in clips.decoded(segment)]
    assert len(decoded) == timeline.frames
    for n, (pts, picture) in enumerate(decoded):
        assert abs(float(pts * base) - n / 30) < 0.001
        assert np.array_equal(picture, apart[n])
        if n in (0, 30, 53):
            assert np.abs(picture[: timeline.height].astype(float) - raw[n][0]).mean() < 4
    heard = decode(target)
    assert abs(len(heard) - timeline.frames * 1600) < 1500
    beep = np.flatnonzero(np.abs(heard[:, 0]) > 0.1)[0] / 48000
    assert beep == pytest.approx(0.9, abs=1 / 30)


def test_packets_come_with_no_more_delay_than_their_order_needs(tmp_path):
    """Without B-frames, as hardware encodes, frames are decoded when they are shown."""
    path = tmp_path / "plain.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30, options={"bf": "0", "x264-params": "keyint=30"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for n in range(5):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    join([path, path], None, tmp_path / "out.mp4", fps=30)
    with av.open(str(tmp_path / "out.mp4")) as container:
        stamps = [(packet.pts, packet.dts) for packet in container.demux(video=0) if packet.pts is not None]
    assert all(pts == dts for pts, dts in stamps)
    assert len(stamps) == 10


def test_very_short_segments_join(tmp_path):
    paths = []
    for k, frames in enumerate((1, 2, 3, 1, 7)):
        paths.append(tmp_path / f"{k}.mp4")
        write_video(paths[-1], lambda n, out, k=k: out.y.fill(40 * k + 5 * n + 30), frames, size=(64, 64), fps=25, options=OPTIONS)
    assert join(paths, None, tmp_path / "out.mp4", fps=25) == 14
    decoded = clips.decoded(tmp_path / "out.mp4")
    expected = [40 * k + 5 * n + 30 for k, frames in enumerate((1, 2, 3, 1, 7)) for n in range(frames)]
    assert [round(float(picture[:64].mean())) for _, picture in decoded] == pytest.approx(expected, abs=2)
    assert probe(tmp_path / "out.mp4").video.is_constant


def test_segments_of_different_sizes_do_not_join(tmp_path):
    for name, size in (("a", (64, 64)), ("b", (96, 64))):
        write_video(tmp_path / name, lambda n, out: out.y.fill(90), 3, size=size, fps=30, options=OPTIONS)
    with pytest.raises(RenderError, match="different settings"):
        join([tmp_path / "a", tmp_path / "b"], None, tmp_path / "out.mp4", fps=30)
    assert not (tmp_path / "out.mp4").exists()


def test_what_is_no_segment_is_an_error_and_nothing_is_left(tmp_path):
    (tmp_path / "a").write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(RenderError):
        join([tmp_path / "a"], None, tmp_path / "out.mp4", fps=30)
    with pytest.raises(RenderError):
        join([], None, tmp_path / "out.mp4", fps=30)
    assert not (tmp_path / "out.mp4").exists()


# ---- key material --------------------------------------------------------------------------------------------------


def materials(timeline):
    return [json.dumps(segment_material(timeline, k, OPTIONS), sort_keys=True, allow_nan=False) for k in range(len(timeline.shots))]


def changed(timeline, index, **fields):
    shots = list(timeline.shots)
    shots[index] = shots[index].model_copy(update=fields)
    return timeline.model_copy(update={"shots": tuple(shots)})


def differing(a, b):
    return [k for k, (x, y) in enumerate(zip(materials(a), materials(b), strict=True)) if x != y]


def recoloured(shot, index=-1):
    layer = shot.layers[index]
    layers = list(shot.layers)
    layers[index] = layer.model_copy(update={"box": layer.box.model_copy(update={"x": layer.box.x + 1})})
    return tuple(layers)


def test_a_changed_layer_changes_only_the_segments_it_is_seen_in(made):
    timeline = made[0]
    assert differing(timeline, changed(timeline, 2, layers=recoloured(timeline.shots[2]))) == [2]
    assert differing(timeline, changed(timeline, 1, layers=recoloured(timeline.shots[1]))) == [1]
    # the first shot is also seen under the fade of the second
    assert differing(timeline, changed(timeline, 0, layers=recoloured(timeline.shots[0]))) == [0, 1]


def test_a_longer_fade_changes_both_sides(made):
    timeline = made[0]
    assert differing(timeline, changed(timeline, 1, transition_frames=8)) == [0, 1]
    assert differing(timeline, changed(timeline, 2, transition_frames=8)) == []  # a cut has no length


def test_names_and_places_do_not_count(made):
    timeline = made[0]
    shots = tuple(shot.model_copy(update={"id": f"x{k}", "start": shot.start + 100}) for k, shot in enumerate(timeline.shots))
    assert differing(timeline, timeline.model_copy(update={"shots": shots, "title": "Other", "language": "zh"})) == []
    renamed = []
    for shot in timeline.shots:
        layers = tuple(layer.model_copy(update={"id": layer.id + "x"}) for layer in shot.layers)
        renamed.append(shot.model_copy(update={"layers": layers}))
    assert differing(timeline, timeline.model_copy(update={"shots": tuple(renamed)})) == []


def test_pictures_count_by_content(made, tmp_path):
    timeline = made[0]
    text = timeline.model_dump_json()
    digest = timeline.shots[0].layers[0].content.source.digest
    assert digest in materials(timeline)[0]
    assert differing(timeline, Timeline.model_validate_json(text.replace('"name":""', '"name":"other.png"'))) == []
    assert differing(timeline, Timeline.model_validate_json(text.replace(digest, "0" * 64))) == [0, 1]


@pytest.mark.parametrize("update", [{"width": 360}, {"height": 360}, {"fps": 25}])
def test_the_format_counts(made, update):
    timeline = made[0]
    assert differing(timeline, timeline.model_copy(update=update)) == [0, 1, 2]


def test_the_encoder_counts(made):
    timeline = made[0]
    assert segment_material(timeline, 0, OPTIONS) != segment_material(timeline, 0, EncoderOptions(crf=17))


def test_moving_a_scene_keeps_its_pixels(made, tmp_path):
    # The third shot, cut in as the first of another clip: equal material and equal bytes.
    timeline, segments, *_ = made
    alone = timeline.model_copy(update={"shots": (timeline.shots[2].model_copy(update={"start": 0}),)})
    assert segment_material(alone, 0, OPTIONS) == segment_material(timeline, 2, OPTIONS)
    render_segment(Composer(alone, lambda a: a, paint=clips.rects, animate=clips.grow), 0, tmp_path / "a.mp4", OPTIONS)
    assert (tmp_path / "a.mp4").read_bytes() == segments[2].read_bytes()
