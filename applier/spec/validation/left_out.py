"""Finds files that are not read although they declare resources, which `--prune` would delete.

Copies that declare only what the spec declares as well, such as backups, are not worth a word.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from applier.diagnostics import Diagnostic, diagnose, has_errors
from applier.spec.body import as_mapping
from applier.spec.documents.files import BYTE_ORDER_MARK, LARGEST_FILE
from applier.spec.documents.folders import Skipped
from applier.spec.documents.parse import parse
from applier.spec.documents.streams import read_pipe
from applier.spec.lifecycle import Lifecycle
from applier.spec.resources import LeftOut, address_of
from applier.system import describe_os_error, printable_path

MOST_NAMED = 5
"""How many files and, for each, how many resources a message names."""


def find_left_out(skipped: Iterable[Skipped], sections: Collection[str]) -> tuple[LeftOut, ...]:
    """Return those of the skipped files that declare resources, or of which that cannot be known."""
    found: list[LeftOut] = []
    seen: set[str] = set()
    words = "|".join(map(re.escape, sections))
    anywhere, at_margin = (
        re.compile(rf"""(?:^{indent}|[{{,]\s*)["']?(?:{words})["']?[ \t]*:""", re.MULTILINE) for indent in ("[ ]*", "")
    )
    for one in skipped:
        if one.path is None:
            found.append(LeftOut(one.name, one.why))
            continue
        if one.path in seen:
            continue
        seen.add(one.path)
        try:
            data = read_pipe(Path(one.path), LARGEST_FILE)
        except OSError as error:
            found.append(LeftOut(one.name, f"{one.why}, and it cannot be read: {describe_os_error(error)}"))
            continue
        text = _decode(data)
        if anywhere.search(text):
            addresses = _addresses(data, one.name, sections)
            if addresses if addresses is not None else at_margin.search(text):
                found.append(LeftOut(one.name, one.why, addresses, text))
    return tuple(found)


def _decode(data: bytes) -> str:
    """Return the text of a file in any encoding, as far as the names of resources need it."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(encoding, "replace")


def _addresses(data: bytes, name: str, sections: Collection[str]) -> frozenset[str] | None:
    """Return the addresses that a file declares, None if it cannot be a part of a spec as it is, such as a template."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(data) > LARGEST_FILE:
        return None
    documents, problems = parse(data.removeprefix(BYTE_ORDER_MARK), name, Path())
    if has_errors(problems):
        return None
    return frozenset(
        address_of(section, resource)
        for one in documents
        for section in sections
        for resource, body in as_mapping(one.value.get(section)).items()
        if isinstance(body, Mapping)
    )


def judge_left_out(
    left_out: Iterable[LeftOut], declared: Collection[str], lifecycle: Lifecycle
) -> tuple[tuple[LeftOut, ...], list[Diagnostic]]:
    """Return the files that may declare more than the spec does, and one warning that names them."""
    moved = {address_of(one.kind, one.old) for one in lifecycle.moves}
    known = {*declared, *moved, *(one.address for one in lifecycle.removals)}
    missing = tuple(one for one in left_out if one.addresses is None or not one.addresses <= known)
    if not missing:
        return (), []
    named = "; ".join(_describe(one, known) for one in missing[:MOST_NAMED])
    more = len(missing) - MOST_NAMED
    files = f"{len(missing)} files are" if len(missing) > 1 else "A file is"
    detail = f"{files} not read: {named}{f'; and {more} more' if more > 0 else ''}."
    hint = "rename it, move it into the spec, or give its path; remove what is not needed"
    return missing, [diagnose("file-left-out", detail, hint=hint)]


def _describe(one: LeftOut, known: Collection[str]) -> str:
    if one.addresses is None:
        what = "which may declare resources"
    else:
        new = sorted(one.addresses.difference(known))
        more = f" and {len(new) - MOST_NAMED} more" if len(new) > MOST_NAMED else ""
        what = f"which declares {', '.join(new[:MOST_NAMED])}{more}"
    return f'"{printable_path(one.file)}", {what} ({one.why})'
