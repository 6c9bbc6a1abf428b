"""Mutations of valid files at three levels: bytes, structure and meaning. Each follows from its random generator."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

import yaml

Path = tuple[str | int, ...]

RAW = {
    "RAW0WAR": "9" * 5000,
    "RAW1WAR": "1e999",
    "RAW2WAR": "-0.1000000000000000055511151231257827",
    "RAW3WAR": "NaN",
    "RAW4WAR": "[" * 150 + "]" * 150,
    "RAW5WAR": '{"a": ' * 3000 + "1" + "}" * 3000,
    "RAW6WAR": "[" * 100_000 + "]" * 100_000,
    "RAW7WAR": '{"a": 1, "a": 2}',
    "RAW8WAR": r'"\ud800"',
    "RAW9WAR": "18446744073709551616",
    "RAWAWAR": "[" * 480 + "]" * 480,
    "RAWBWAR": '{"a": ' * 900 + "1" + "}" * 900,
}
"""Texts that no data structure of Python is written as, by the word that stands for them until then."""
TWICE = "TWICEECIWT"
"""What is cut out of a key once it is written, so that a mapping has the other key of that name twice."""

BYTES = [
    b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n", b"\r", b"\n", b"\n\n", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\t",
    b"\x1b[31m", b"\x7f", b"\xe2\x80\xa8", b"\xc2\x85", b"\xe2\x80\xae", b'"', b"'", b"{", b"}", b"[", b"]", b",",
    b":", b": ", b"- ", b"? ", b"#", b" #", b"&a ", b"*a", b"<<: *a\n", b"<<: ", b"!!int ", b"!!binary ", b"!x ",
    b"|\n", b">\n", b"\n---\n", b"\n...\n", b"%YAML 9.9\n", b"${", b"}", b"$${", b"${env:", b"\\", b"\\ud800",
    b"\\u0000", b"null", b"true", b"0", b"-", b"1e5", b"~", b"=", b"\xf0\x9f\x98\x80",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 3, 2**63, 2**64, -(10**30), "", " ", "x", "A" * 70_000, "${", "${env:PLAIN}",
    "\x1b[31mred", "a\nb", "0", "\u202eabc", "e\u0301", "null", "2024-02-08", "|", "../..", "/etc/hostname", [], {},
    [None], [[]], [{}], {"": None}, {"x": {}}, {"a": [1, {"b": None}]}, ["a", "a"], [1, "1", True], *RAW,
]  # fmt: skip
PLACEHOLDERS = [
    "${env:PLAIN}", "a${env:PLAIN}b", "${env:NOT_SET}", "${env:NOT_SET:-}", "${env:EMPTY}", "${env:}",
    "${var:region}", "${var:nothing}", "${var:port}", "${var:list}", "${file:spec.yaml}", "${file:text.sql}",
    "${file:/etc/hostname}", "${file:..}", "${file:}", "${what:x}", "${${env:PLAIN}}", "$${env:PLAIN}",
    "${env:PLAIN", "${var:secret}",
]  # fmt: skip


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path inside a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*path, step)
        yield from paths(member, (*path, step))


def value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def mutate_bytes(chance: Random, data: bytes) -> bytes:
    """Return bytes with one to three places flipped, cut out, doubled or filled with something else."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 2, 5, 40, 400)))
        action = chance.randrange(7)
        if action == 0 and data:
            at = min(start, len(data) - 1)
            data = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        elif action == 1:
            data = data[:start] + data[end:]
        elif action == 2:
            data = data[:start]
        elif action == 3:
            data = data[:end] + data[start:end] + data[end:]
        elif action == 4:
            data = chance.choice(
                (
                    data.replace(b"\n", b"\r\n"),
                    BYTES[0] + data,
                    data + b"\x00",
                    data.decode("utf-8", "replace").encode("utf-16"),
                )
            )
        else:
            data = (
                data[:start]
                + chance.choice(BYTES) * chance.choice((1, 1, 1, 2, 50))
                + data[chance.choice((start, end)) :]
            )
    return data


def mutate_structure(chance: Random, document: Any) -> Any:
    """Return a document with values of other types, and with members removed, doubled or renamed."""
    document = deepcopy(document)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        path = _any_path(chance, document)
        if not path:
            return deepcopy(chance.choice(VALUES))
        holder, last = value_at(document, path[:-1]), path[-1]
        action = chance.randrange(6)
        if action < 3:
            holder[last] = deepcopy(chance.choice(VALUES))
        elif action == 3:
            del holder[last]
        elif isinstance(holder, list):
            holder.insert(chance.randrange(len(holder) + 1), deepcopy(holder[last]))
        elif action == 4:
            holder[f"{chance.choice(list(holder))}{TWICE}"] = deepcopy(holder[last])
        else:
            holder[chance.choice(("", "x", "id", "type", "name", "configuration", "\x1b[31m", "A" * 3000, "<<"))] = (
                holder.pop(last)
            )
    return document


def mutate_meaning(chance: Random, document: Any) -> Any:
    """Return a document with values of other places, clashing names, and placeholders anywhere."""
    document = deepcopy(document)
    everywhere = list(paths(document))
    texts = [one for one in (value_at(document, path) for path in everywhere) if isinstance(one, str)]
    keys = [path[-1] for path in everywhere if isinstance(path[-1], str)]
    for _ in range(chance.choice((1, 1, 2, 3))):
        path = _any_path(chance, document)
        if not path:
            return document
        holder, last = value_at(document, path[:-1]), path[-1]
        action = chance.randrange(6)
        if action == 0:
            holder[last] = deepcopy(value_at(document, _any_path(chance, document)))
        elif action == 1:
            holder[last] = chance.choice(PLACEHOLDERS)
        elif action == 2 and texts:
            holder[last] = chance.choice(texts)
        elif isinstance(holder, list):
            holder[last] = chance.choice(keys) if keys else None
        elif action == 3:
            holder[chance.choice([*keys, *texts, *PLACEHOLDERS])] = holder.pop(last)
        elif action == 4:
            holder[chance.choice([*holder, *keys])] = deepcopy(holder[last])
        else:
            holder[last] = chance.choice(keys)
    return document


def _any_path(chance: Random, document: Any) -> Path:
    """Return a path of the document, of any depth with the same chance; an empty one if nothing is inside."""
    path: Path = ()
    every = list(paths(document))
    if not every:
        return path
    depth = chance.randint(1, max(map(len, every)))
    return chance.choice([one for one in every if len(one) == depth])


def write_json(document: Any) -> bytes:
    """Return a document as JSON, with what stands for other texts replaced by them."""
    return _fill(json.dumps(document, indent=1, ensure_ascii=False))


def write_yaml(document: Any) -> bytes:
    """Return a document as YAML, with what stands for other texts replaced by them."""
    return _fill(yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False))


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _fill(text: str) -> bytes:
    text = re.sub("|".join(f'"{word}"' for word in RAW) + "|" + "|".join(RAW), lambda one: RAW[one[0].strip('"')], text)
    return text.replace(TWICE, "").encode("utf-8", "surrogatepass")


def mutate(chance: Random, document: Any, write: Callable[[Any], bytes]) -> bytes:
    """Return a valid document as a file with mutations of one level, at times of two."""
    level = chance.randrange(7)
    if level < 2:
        return mutate_bytes(chance, write(document))
    changed = mutate_structure(chance, document) if level < 4 else mutate_meaning(chance, document)
    if level == 6:
        changed = mutate_structure(chance, changed)
    data = write(changed)
    return mutate_bytes(chance, data) if chance.randrange(10) == 0 else data
