"""Finds files for readers elsewhere: their paths from the top of the repository, and their web addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from applier.diagnostics import Place
from applier.spec.documents.streams import is_stream
from applier.system import is_absolute


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository of the spec. Both members are empty where it is not known.

    `folder` is the folder in which the command ran, from the top of the repository; `files` is the web address that
    precedes each path.
    """

    folder: str = ""
    files: str = ""

    def path(self, place: Place) -> str:
        """Return the path of the file from the top of the repository, or as it was given."""
        file = place.file.replace("\\", "/")
        if not self.folder or is_absolute(file) or is_stream(file):
            return file
        parts: list[str] = []
        for part in PurePosixPath(self.folder, file).parts:
            if part == ".." and parts and parts[-1] != "..":
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts)

    def address(self, place: Place) -> str:
        """Return the web address of the line; empty where it is not known, and for a stream, which has none."""
        is_known = self.files and not is_stream(place.file)
        return f"{self.files}{quote(self.path(place))}#L{place.line}" if is_known else ""


HERE = Repository()
