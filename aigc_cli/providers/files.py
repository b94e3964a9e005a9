"""The embedded provider of data: files, and addresses through the guarded fetch."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from aigc_cli import fetch
from aigc_cli.artifacts import Artifact
from aigc_cli.contracts import Context, Provider
from aigc_cli.readers.markup import clean
from aigc_cli.readers.source import read
from aigc_cli.shapes import Records


class Files(Provider):
    """Reads data files, and web addresses of data and feeds (not when offline)."""

    name: ClassVar[str] = "files"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    def load(self, request: Any, ctx: Context) -> Records:
        """Reads what a `data.load` step asks for.

        Raises WorkflowError for a source that is damaged, empty or of no known form; Refused and other ProviderErrors
        when an address cannot be fetched.
        """
        source = request.source
        url = ""
        if isinstance(source, Artifact):
            path = ctx.open(source)
            name = request.name or source.name or "the data file"
        else:
            url = source
            ctx.progress(0.0, "fetching")
            page = fetch.get(url, is_offline=ctx.is_offline)
            parts = urlsplit(page.url)
            name = request.name or parts.path.rstrip("/").rpartition("/")[2] or parts.hostname or "page"
            path = ctx.scratch / "page"
            path.write_bytes(page.content)
        ctx.progress(0.3, "reading")
        return read(
            path, name=clean(name, 200), form=request.form, title=request.title, url=url, limit=request.limit, mapping=request.mapping
        )
