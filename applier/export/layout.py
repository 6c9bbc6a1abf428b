"""Writes entries as spec files: one file for each or one for all, long queries apart, members in schema order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from applier.diagnostics.characters import has_hidden
from applier.export.entry import Entry, long_digest, short_digest
from applier.kinds import KINDS
from applier.kinds.base import mapping
from applier.secrets.positions import matches
from applier.spec.documents.patch import edit_value
from applier.spec.documents.write import Inline, dump_yaml
from applier.spec.formatting import order_of
from applier.spec.resources import Path
from applier.spec.schema.lookup import value_at
from applier.spec.variables.escaping import unescape

LONGEST_INLINE_QUERY = 100
"""Characters of a query in one line that stays in the spec."""

LONGEST_SLUG = 80
"""Bytes of the part of a file's name that comes from the name of the resource."""

_RESERVED_NAME = re.compile(r"|con|prn|aux|nul|(?:com|lpt)\d")
"""Names that Windows keeps for devices, and the empty name."""


def format_text(entries: Iterable[Entry]) -> str:
    """Return all entries as one YAML document."""
    sections: dict[str, dict[str, object]] = {}
    for one in entries:
        sections.setdefault(one.kind, {})[one.name] = format_body(one)
    return dump_yaml({"version": 1, **sections})


def format_body(entry: Entry) -> Mapping[str, object]:
    """Return the body of an entry with its members in schema order."""
    return mapping(format_value(entry.kind, entry.body, ()))


def format_value(kind: str, value: object, path: Path) -> object:
    """Return a value of a body with its members in the order of `applier fmt`; short mappings are `Inline`.

    `path` is that of the value below the body of a resource of the kind.
    """
    if isinstance(value, list):
        return [format_value(kind, one, (*path, index)) for index, one in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    ranks = {name: rank for rank, name in enumerate(order_of((kind, "*", *path)))}
    ordered = sorted(value, key=lambda name: ranks.get(name, len(ranks)))
    members = {name: format_value(kind, value[name], (*path, name)) for name in ordered}
    return Inline(members) if _is_inline(kind, path) else members


def _is_inline(kind: str, path: Path) -> bool:
    return any(matches(one, tuple(map(str, path))) for one in KINDS[kind].export_rules.inline)


def files_of(entries: Iterable[Entry], *, apart: bool, split_sql: bool) -> dict[str, str]:
    """Return the content of each file by its path, which every file system accepts.

    With `apart` each entry has a file, with `split_sql` each long query.
    """
    queries: dict[str, str] = {}
    if split_sql:
        entries, queries = _split_queries(list(entries), "../sql" if apart else "sql")
    if not apart:
        return {"spec.yaml": format_text(entries), **queries}
    by_kind: dict[str, list[Entry]] = {}
    for one in entries:
        by_kind.setdefault(one.kind, []).append(one)
    files: dict[str, str] = {}
    for kind, group in by_kind.items():
        names = _file_names([one.name for one in group])
        files |= {f"{kind}/{names[one.name]}.yaml": format_text([one]) for one in group}
    return {**queries, **files}


def _split_queries(entries: list[Entry], folder: str) -> tuple[list[Entry], dict[str, str]]:
    """Return the entries with placeholders for long queries, and the files of these.

    An included file is not searched for placeholders, so that it holds the query unescaped.
    """
    long = {(one.kind, one.name): query for one in entries if (query := _long_query(one))}
    names = _file_names([name for _, name in long])
    files = {f"sql/{names[name]}.sql": f"{unescape(query)}\n" for (_, name), query in long.items()}
    result = []
    for one in entries:
        if (one.kind, one.name) in long:
            reference = f"${{file:{folder}/{names[one.name]}.sql}}"
            body = edit_value(one.body, KINDS[one.kind].export_rules.query, reference)
            result.append(replace(one, body=body))
        else:
            result.append(one)
    return result, files


def _long_query(entry: Entry) -> str:
    """Return the query of an entry that is put into a file, or an empty text: for one that a file would hide, too."""
    query = value_at(entry.body, KINDS[entry.kind].export_rules.query)
    if not isinstance(query, str) or (len(query) <= LONGEST_INLINE_QUERY and "\n" not in query):
        return ""
    return "" if has_hidden(query) else query


def _file_names(names: list[str]) -> dict[str, str]:
    """Return a file name without extension for each name; no two are one file on any file system.

    Names that clash get a digest, first those that have none; what clashes with a digest gets all of its digits.
    """
    slugs = {name: _slug(name) for name in names}
    levels = {name: int(bool(_RESERVED_NAME.fullmatch(slug))) for name, slug in slugs.items()}
    while True:
        files = {name: _with_digest(name, slugs[name], level) for name, level in levels.items()}
        groups: dict[str, list[str]] = {}
        for name, file in files.items():
            groups.setdefault(_as_the_disk_sees(file), []).append(name)
        clashing = [group for group in groups.values() if len(group) > 1]
        if not clashing:
            return files
        for group in clashing:
            lowest = min(levels[name] for name in group)
            levels |= {name: lowest + 1 for name in group if levels[name] == lowest}


def _with_digest(name: str, slug: str, level: int) -> str:
    digest = (long_digest if level > 1 else short_digest)(name)
    return f"{slug or 'unnamed'}-{digest}" if level else slug


def _as_the_disk_sees(file: str) -> str:
    """Return what two file names have in common that some file system takes for one: macOS folds case after NFD."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", file).casefold())


def _slug(name: str) -> str:
    """Return the letters and digits of a name, of every script, in lower case and without accents."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", bare).lower())
    return words.encode("utf-8", "ignore")[:LONGEST_SLUG].decode("utf-8", "ignore").strip("-")
