"""A server on this machine that speaks the protocol of Microsoft Edge's voices over a web socket, with the toy voice.

The voice asked for says how it behaves: `en-US-AriaNeural` is good, the others of `MODES` fail.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from aiohttp import WSMsgType, web

from tests.servers.openai_speech import RATE_HZ, encoded
from tests.voicebox import say

MODES = {
    "xx-XX-SilentNeural": "nothing",
    "xx-XX-CutNeural": "cut",
    "xx-XX-OddNeural": "odd",
    "xx-XX-SlowNeural": "slow",
    "xx-XX-DoorNeural": "door",
}


@dataclass
class EdgeServer:
    url: str = ""
    ssml: list[str] = field(default_factory=list)
    words: list[tuple[str, float, float]] = field(default_factory=list)
    is_closed: bool = False


async def _talk(state: EdgeServer, request: web.Request) -> web.StreamResponse:
    if state.is_closed:
        return web.Response(status=503)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type != WSMsgType.TEXT or "Path:ssml" not in message.data:
            continue
        ssml = message.data.partition("\r\n\r\n")[2]
        state.ssml.append(ssml)
        voice = re.search(r"<voice name='[^']*?(\w+-\w+), (\w+)\)'>", ssml)
        mode = MODES.get(f"{voice[1]}-{voice[2]}" if voice else "", "good")
        rate = re.search(r"rate='([+-]\d+)%'", ssml)
        text = html.unescape(re.sub(r"<[^>]+>", "", ssml))
        samples, state.words = say(text, speed=1 + int(rate[1]) / 100 if rate else 1.0, rate_hz=RATE_HZ)
        await _answer(socket, mode, samples, state.words)
        break
    await socket.close()
    return socket


async def _answer(socket: web.WebSocketResponse, mode: str, samples: np.ndarray, words: list[tuple[str, float, float]]) -> None:
    async def tell(path: str, body: str = "") -> None:
        await socket.send_str(f"X-RequestId:1\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n{body}")

    await tell("turn.start", "{}")
    if mode == "slow":
        await asyncio.sleep(5)
    if mode == "odd":
        await tell("surprise", "{}")
    content = encoded(samples, "mp3")
    header = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    if mode == "cut":
        await socket.send_bytes(len(header).to_bytes(2, "big") + header + content[: len(content) // 5])
        return
    if mode != "nothing":
        for start in range(0, len(content), 2000):
            await socket.send_bytes(len(header).to_bytes(2, "big") + header + content[start : start + 2000])
        for text, begin, end in words:
            data = {
                "Offset": round(begin * 1e7),
                "Duration": round((end - begin) * 1e7),
                "text": {"Text": text.strip(",.;:!?，。"), "Length": 1},
            }
            await tell("audio.metadata", json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]}))
    await tell("turn.end", "{}")


@contextlib.contextmanager
def running() -> Iterator[EdgeServer]:
    state = EdgeServer()
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def start() -> web.AppRunner:
        app = web.Application()

        async def talk(request: web.Request) -> web.StreamResponse:
            return await _talk(state, request)

        app.router.add_get("/edge/v1", talk)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        state.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/edge/v1?TrustedClientToken=x"
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    yield state
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
