"""Bodies as files: one for each resource or one for all, queries apart, members in the order of the schema."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from applier.export.placeholders import short_digest
from applier.kinds.base import mapping
from applier.resources import Path
from applier.spec.documents.write import Inline, dump_yaml
from applier.spec.formatting import order_of

LONG = 100  # characters of a query that still stand in a spec
NO_FILE = re.compile(r"|con|prn|aux|nul|(?:com|lpt)\d")  # what Windows keeps for devices
INLINE = ("schedule", "identity")


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource as it is to be written; `body` without secrets."""

    kind: str
    name: str
    body: Mapping[str, object] = field(repr=False)


def one_text(entries: Iterable[Entry]) -> str:
    """All of them as one document."""
    document: dict[str, object] = {"version": 1}
    for one in entries:
        section = document.setdefault(one.kind, {})
        assert isinstance(section, dict)  # noqa: S101 - made the line above
        section[one.name] = _in_order(one.body, (one.kind, one.name))
    return dump_yaml(document)


def ordered_body(entry: Entry) -> dict[str, object]:
    """A body as it is written."""
    return dict(mapping(_in_order(entry.body, (entry.kind, entry.name))))


def files_of(entries: list[Entry], *, apart: bool, split_sql: bool) -> dict[str, str]:
    """The content of each file by its path, which is one that every file system takes."""
    files: dict[str, str] = {}
    if split_sql:
        entries = _without_queries(entries, files, "../sql" if apart else "sql")
    if not apart:
        return {"spec.yaml": one_text(entries), **files}
    for kind in dict.fromkeys(one.kind for one in entries):
        of_kind = [one for one in entries if one.kind == kind]
        names = _file_names([one.name for one in of_kind])
        files |= {f"{kind}/{names[one.name]}.yaml": one_text([one]) for one in of_kind}
    return files


def _without_queries(entries: list[Entry], files: dict[str, str], folder: str) -> list[Entry]:
    """Long queries go into files of their own, literally: what is included is not looked at for placeholders."""
    names = _file_names([one.name for one in entries if _query(one)])
    result = []
    for one in entries:
        query = _query(one)
        if query:
            files[f"sql/{names[one.name]}.sql"] = query.replace("$${", "${") + "\n"
            configuration = {**mapping(one.body["configuration"]), "query": f"${{file:{folder}/{names[one.name]}.sql}}"}
            one = Entry(one.kind, one.name, {**one.body, "configuration": configuration})  # noqa: PLW2901
        result.append(one)
    return result


def _query(entry: Entry) -> str:
    """The query to put into a file; one that a file would not keep as it is stays."""
    query = mapping(entry.body.get("configuration")).get("query") if entry.kind == "models" else None
    if not isinstance(query, str) or (len(query) <= LONG and "\n" not in query):
        return ""
    return "" if "\r" in query or query.startswith("\ufeff") else query


def _file_names(names: list[str]) -> dict[str, str]:
    """A name for the file of each; those that would be the same somewhere get a few letters more."""
    slugs = {name: _slug(name) for name in names}
    counts = Counter(slug.casefold() for slug in slugs.values())
    clashing = {name for name, slug in slugs.items() if counts[slug.casefold()] > 1}
    longer = {name: f"{slug or 'unnamed'}-{short_digest(name)}" for name, slug in slugs.items()}
    taken = {longer[name].casefold() for name in clashing}
    return {
        name: longer[name] if name in clashing or slug.casefold() in taken or NO_FILE.fullmatch(slug) else slug
        for name, slug in slugs.items()
    }


def _slug(name: str) -> str:
    """The letters and digits of a name, those of every script, without accents and case, in at most 80 bytes."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", bare).lower())
    return words.encode("utf-8", "ignore")[:80].decode("utf-8", "ignore").strip("-")


def _in_order(value: object, path: Path) -> object:
    """Mappings in the order of `applier fmt`, short ones in one line."""
    if isinstance(value, list):
        return [_in_order(one, (*path, index)) for index, one in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    ranks = {name: rank for rank, name in enumerate(order_of(path))}
    ordered = sorted(value, key=lambda name: ranks.get(name, len(ranks)))
    members = {name: _in_order(value[name], (*path, name)) for name in ordered}
    short = path[-1] in INLINE or (path[0] == "syncs" and len(path) == 4 and path[2] == "fields")
    return Inline(members) if short else members
