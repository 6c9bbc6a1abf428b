"""`applier lock`: merges two sides of `applier.lock`, for git and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from applier.cli import flags
from applier.cli.console import CommandError, Console, error_diagnostic
from applier.cli.lock_file import read_lock_bytes, write_lock_file
from applier.cli.option_values import Options
from applier.cli.usage import Group
from applier.system import path_text, quote_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from applier.diagnostics import Diagnostic
    from applier.plan.lock_merge import Merged, Sides


@click.group("lock", cls=Group, short_help="Merge applier.lock, also as a merge driver of git.")
def command() -> None:
    """Work with applier.lock, which has digests of the secrets that were applied."""


@command.command("merge", short_help="Merge two sides of applier.lock.")
@click.argument("files", nargs=-1, metavar="FILE | BASE OURS THEIRS", type=flags.NON_EMPTY)
@flags.option("--out", metavar="FILE", type=flags.NON_EMPTY, help="Write the result here (default: FILE or OURS).")
@flags.output
@flags.with_options
def merge(options: Options, files: tuple[str, ...], out: str | None) -> int:
    """Merge each secret of OURS and THEIRS, which both come from BASE, or the sides in a FILE with conflict markers.

    What one side changed is taken. A secret that both sides applied with different values is marked, and the next
    apply sends it again. Needs no key. Exits with 0 if everything is merged, and with 1 if not: then nothing is
    written.

    To merge with git, add the line "applier.lock merge=applier-lock" to .gitattributes, and run once in each clone:

    \b
    git config merge.applier-lock.driver "applier lock merge %O %A %B"
    """
    if len(files) not in (1, 3):
        raise click.UsageError("give one file with conflict markers, or BASE OURS THEIRS")
    return _merge_files([Path(one) for one in files], Path(out) if out else None, Console.create(options.output))


def _merge_files(files: list[Path], out: Path | None, console: Console) -> int:
    from applier.plan.lock_merge import KeysDiffer, merge_locks
    from applier.plan.lock_text import BadLock
    from applier.report import Report

    target = out or (files[1] if len(files) == 3 else files[0])
    try:
        merged = merge_locks(_read_sides(files))
        write_lock_file(target, merged.lock)
    except BadLock as error:
        return console.finish(Report("lock", error.problems))
    except KeysDiffer:
        return console.finish(Report("lock", (error_diagnostic(_keys_differ(target)),)))
    except CommandError as error:
        return console.finish(Report("lock", (error_diagnostic(error),)))
    return console.finish(Report("lock", tuple(_describe_sent_again(merged, target))))


def _keys_differ(file: Path) -> CommandError:
    name = quote_path(file)
    return CommandError(
        "other-lock-key",
        f"Both sides replaced the key of {path_text(file)}, each by another one.",
        f"take the side whose key stays, by git checkout --ours {name} or --theirs; then apply with --push-secrets '*'",
    )


def _read_sides(files: list[Path]) -> Sides:
    """Return the sides to merge. Raises `CommandError` and `BadLock`."""
    from applier.plan.lock_merge import Sides, split_conflicts
    from applier.plan.lock_text import Lock, decode_lock, parse_lock

    data = [read_lock_bytes(one) for one in files]
    for file, one in zip(files, data, strict=True):
        if one is None:
            raise CommandError("bad-lock", f"{path_text(file)} does not exist.", "check the path")
    names = [path_text(one) for one in files]
    if len(files) == 1:
        return split_conflicts(decode_lock(data[0] or b"", names[0]), names[0])
    # git gives an empty base where both sides have added the file
    base, ours, theirs = (
        Lock() if not one and name == names[0] else parse_lock(one or b"", name)
        for one, name in zip(data, names, strict=True)
    )
    return Sides(base, ours, theirs)


def _describe_sent_again(merged: Merged, file: Path) -> Iterator[Diagnostic]:
    from applier.diagnostics import Place, diagnose

    for address, member in merged.sent_again:
        message = f"Both sides applied another value for {member} of {address}, so the next apply sends it again."
        yield diagnose("lock-merged", message, Place(path_text(file)), address=address)
