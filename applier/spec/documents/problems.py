"""What is said about files and folders that cannot be read."""

from __future__ import annotations

import errno

from applier.diagnostics import Diagnostic, diagnose
from applier.system import describe_os_error, printable_path

PERMISSIONS_HINT = "check the permissions of the file and of the folders above it"


def unreadable(name: str, error: OSError) -> Diagnostic:
    """Return the error about a file or folder that cannot be read."""
    return diagnose(
        "file-unreadable",
        f'"{printable_path(name)}" cannot be read: {describe_os_error(error)}.',
        hint="check the path" if error.errno == errno.ENAMETOOLONG else PERMISSIONS_HINT,
    )


def not_a_file(name: str) -> Diagnostic:
    """Return the error about a path that is no file that can be read: a named pipe, a socket, a device."""
    return diagnose(
        "not-a-file",
        f'"{printable_path(name)}" is neither a regular file nor a folder.',
        hint="give YAML files, folders that hold them, or - for the standard input",
    )


def broken_link(name: str, error: OSError) -> Diagnostic:
    """Return the error about a link that should lead to a spec file."""
    return diagnose(
        "file-unreadable",
        f'"{printable_path(name)}" is a link that leads nowhere: {describe_os_error(error)}.',
        hint="remove the link, or restore the file that it leads to",
    )


def loop_of_links(name: str, target: str | None) -> Diagnostic:
    """Return the warning about a link to a folder that it is in; `target` is the name of that folder, if it has one."""
    around = f'"{printable_path(target)}", ' if target else ""
    return diagnose(
        "link-loop",
        f'"{printable_path(name)}" is a link to {around}a folder that it is in. It is not followed.',
        hint="remove the link; all files of the folder are read without it",
    )
