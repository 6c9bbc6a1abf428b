"""Reads the files of a spec as a commit has them, and what files declared that are gone since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from applier.cli.console import CommandError
from applier.cli.git_copies import Copies, is_inside
from applier.cli.git_places import BaseRequest, Places
from applier.cli.git_relocated import (
    Reader,
    Relocated,
    choose_resources,
    describe,
    find_errors,
    is_about,
    read_relocated,
)
from applier.cli.git_tree import find_gone

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.spec.resources import Spec

OTHER_BASE = "choose another --base"


def read_files(request: BaseRequest, places: Places, copies: Copies, read: Reader) -> tuple[Spec, Mapping[str, str]]:
    """Return what the files declared, and those that cannot be read, with the reason. Raises `CommandError`.

    A file that moved in is read beside the others if it fits there, else as a part of the folder that it was in.
    """
    from applier.spec.documents.folders import SUFFIXES
    from applier.spec.resources import Spec

    together = list(dict.fromkeys(places.moved_in.values()))
    apart: list[str] = []
    while True:
        paths = [copies.path(one) for one in (*places.folders, *together)]
        spec, problems = read(paths) if paths else (Spec(), ())
        errors = tuple(find_errors(problems))
        wrong = [one for one in together if any(is_about(error, copies.path(one)) for error in errors)]
        if not errors or not together:
            break
        wrong = wrong or together  # an error of another file may follow from them
        apart += wrong
        together = [one for one in together if one not in wrong]
    _refuse_invalid(request.reference, errors, copies)
    moved_in = read_relocated(apart, copies, read)
    spec = _add_resources(spec, moved_in, _unknown_addresses(request.now, spec))
    unknown = _unknown_addresses(request.now, spec)
    if not unknown:
        return spec, moved_in.unread
    known = {*together, *apart}
    gone = [
        one.path
        for one in find_gone(copies.tree, SUFFIXES)
        if one.path not in known and _is_visible_spec_file(one.path) and not is_inside(one.path, places.folders)
    ]
    copies.add(gone)
    names = {one.partition("/")[2] for one in unknown}
    gone = [one for one in gone if copies.mentions(one, names)]
    return _add_resources(spec, read_relocated(gone, copies, read), unknown), moved_in.unread


def _is_visible_spec_file(path: str) -> bool:
    """Return whether a folder with this file would have it as a part of its spec."""
    from applier.spec.documents.folders import is_spec_file

    parts = PurePosixPath(path).parts
    return is_spec_file(parts[-1]) and not any(one.startswith(".") for one in parts)


def _unknown_addresses(now: Spec, then: Spec) -> frozenset[str]:
    """Return the addresses that are managed now, or were under a name that `moved` replaces, and were not then."""
    from applier.spec.resources import address_of

    before = {address_of(one.kind, one.old) for one in now.moves}
    declared = {one.address for one in now.resources.values() if one.managed}
    known = {one.address for one in then.resources.values() if one.managed}
    return frozenset((declared | before) - known)


def _add_resources(spec: Spec, relocated: Relocated, wanted: Collection[str]) -> Spec:
    """Return a spec with the wanted resources of files that were read apart, and with the secrets of those."""
    for one in relocated.specs:
        kinds, environments = (spec.kinds, spec.environments) if spec.kinds else (one.kinds, one.environments)
        secrets, in_clear = spec.secrets | one.secrets, spec.in_clear | one.in_clear
        spec = replace(spec, kinds=kinds, environments=environments, secrets=secrets, in_clear=in_clear)
    found = choose_resources(relocated.declared, wanted)
    return replace(spec, resources=MappingProxyType({**spec.resources, **found}))


def _refuse_invalid(reference: str, errors: Sequence[Diagnostic], copies: Copies) -> None:
    """Raise `CommandError` if the spec of that time is invalid: nothing can be judged by it."""
    if not errors:
        return
    reasons = copies.in_commit("; ".join(map(describe, errors)))
    if copies.left_out:
        names = ", ".join(copies.left_out)
        reasons += f"; not read: {names} (links out of the repository, large files, or Git LFS files not fetched)"
    raise CommandError("bad-base", f"The spec at {reference} is invalid: {reasons}", OTHER_BASE)
