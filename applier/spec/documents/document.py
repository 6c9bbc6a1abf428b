"""One document of a file: its values, and the place of everything in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as Folder

from applier.diagnostics import Place
from applier.spec.documents.streams import is_stream
from applier.spec.resources import Path


@dataclass(frozen=True, slots=True)
class Document:
    """The mapping that one YAML document holds.

    `project` is the folder that `${file:…}` may not leave. `starts` holds line and column of every key on the first
    two levels, which is all that a good spec needs; any other place is found by reading `data` again.
    """

    file: str
    value: Mapping[str, object] = field(repr=False)
    starts: Mapping[Path, tuple[int, int]] = field(repr=False)
    project: Folder
    data: bytes = field(repr=False)
    position: int = 0

    @property
    def folder(self) -> Folder:
        """The folder that paths in the document are relative to: that of the file, the current one for a stream."""
        return Folder() if is_stream(self.file) else Folder(self.file).parent

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Return where the value at a path is written, or its key; else the key of the nearest thing around it."""
        if key and path in self.starts:
            return Place(self.file, *self.starts[path])
        from applier.spec.documents.places import locate

        return Place(self.file, *locate(self.data, self.position, path, key))

    def written_text(self, path: Path) -> str | None:
        """Return the text of the plain value at a path as it is written, such as `1.10`; None where there is none."""
        from applier.spec.documents.places import written_text

        return written_text(self.data, self.position, path)
