"""One stylesheet for the browser, many small ones for us: collectstatic puts them together."""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);\n?')
COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)  # one that begins with ! is a licence, and stays
INDENT = re.compile(r"\n\s*")


def inline(name: str, read: Callable[[str], str]) -> str:
    """The sheet `name` with each `@import url("x") layer(y);` replaced by `@layer y { what x says }`.

    `read` gives a file's text by its name under static/. An import in any other form is refused: the browser
    would have to fetch it, which costs the request that this module is here to save.
    """

    def layer(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1]))
        return f"@layer {found[2]} {{\n{read(path)}}}\n"

    text = COMMENT.sub("", IMPORT.sub(layer, read(name)))
    if "@import" in text:
        raise ValueError(f'{name}: an @import is not of the form @import url("x") layer(y);')
    return INDENT.sub("\n", text).strip() + "\n"


class InliningStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files, of which the site's stylesheet is one whole file."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | RuntimeError]]:
        if SHEET in paths and not dry_run:

            def read(name: str) -> str:
                storage, path = paths[name]
                with storage.open(path) as file:
                    text: str = file.read().decode()
                return text

            # Read from the sources, not from what an earlier run left: that one has no imports any more.
            text = inline(SHEET, read)
            self.delete(SHEET)
            self._save(SHEET, ContentFile(text.encode()))
            paths = {**paths, SHEET: (self, SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)
