"""Models in GGUF files, run on the processor by llama.cpp through xllamacpp."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from aigc_cli.contracts import Context
from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.writing.prompting import Message

_CONTEXT = 2048


def load(path: Path, threads: int, ctx: Context, *, context: int = _CONTEXT) -> Any:
    """The model of a file, loaded once per worker. Raises MissingModel for a file that is no GGUF or cannot be loaded."""
    return ctx.load(f"gguf:{path}:{threads}:{context}", lambda: _open(path, threads, context))


def ask(server: Any, turns: list[Message], schema: Mapping[str, Any] | JsonValue, *, seed: int, temperature: float, max_tokens: int) -> str:
    """The text of an answer that is held to a JSON schema. Raises ProviderError when there is none."""
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    body = {"messages": turns, "max_tokens": max_tokens, "temperature": temperature, "seed": seed % 2**31, "response_format": form}
    answer = server.handle_chat_completions(body)
    try:
        return str(answer["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError) as error:
        raise ProviderError("the model gave no answer", "shorten the prompt template, or take another model") from error


def _open(path: Path, threads: int, context: int) -> Any:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise MissingModel(f"{path} is no GGUF file", "give a `.gguf` file")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = os.fspath(path)
    params.n_ctx, params.n_parallel, params.verbosity = context, 1, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    try:
        return xllamacpp.Server(params)
    except (RuntimeError, OSError, ValueError) as error:
        raise MissingModel(f"{path} cannot be loaded: {' '.join(str(error).split())[:200]}", "get the file again") from error
