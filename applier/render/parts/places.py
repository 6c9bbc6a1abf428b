"""Where files are for those who read a report elsewhere: paths from the top of the repository, addresses of a forge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from applier.diagnostics import Place
from applier.system import is_absolute


@dataclass(frozen=True, slots=True)
class Repository:
    """`folder` is where the command ran, from the top of the repository; `files` the address before each path.

    Both are empty where nothing is known of a repository.
    """

    folder: str = ""
    files: str = ""

    def path(self, place: Place) -> str:
        """The file's path from the top of the repository, or as it was said."""
        file = place.file.replace("\\", "/")
        if not self.folder or is_absolute(file):
            return file
        parts: list[str] = []
        for part in PurePosixPath(self.folder, file).parts:
            if part == ".." and parts and parts[-1] != "..":
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts)

    def address(self, place: Place) -> str:
        """The address of the line in the forge; empty where none is known."""
        return f"{self.files}{quote(self.path(place))}#L{place.line}" if self.files else ""


HERE = Repository()
