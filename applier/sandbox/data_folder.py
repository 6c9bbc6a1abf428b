"""The data folder of a sandbox: it holds passwords and all requests, so that only its owner can enter it."""

from __future__ import annotations

from pathlib import Path

from applier.sandbox.system import close_to_others, make_private_folder

FILE_NAME = "sandbox.sqlite3"
FOLDERS = ("databases", "owners")
PROJECT_FOLDER = ".applier"
"""The folder of a project in which applier keeps what is not for git."""


def prepare_data_folder(data: Path) -> None:
    """Make the folder if it is missing, and close it and everything of a sandbox in it to others. Raises OSError.

    A folder that also holds other things, such as a home or a project, keeps its mode; what is the sandbox's in it does
    not. A folder `.applier` is closed in any case.
    """
    make_private_folder(data)
    found = list(data.iterdir())
    own = [one for one in found if one.name.startswith(FILE_NAME) or one.name in FOLDERS]
    folders = [one for one in (data.absolute(), *data.absolute().parents) if one.name == PROJECT_FOLDER]
    if len(own) == len(found):
        folders.append(data)
    below = [inner for one in own if one.is_dir() and not one.is_symlink() for inner in one.rglob("*")]
    for path in (*folders, *own, *below):
        close_to_others(path)
