"""The text of `applier.lock`: reads it with a place for everything that is wrong in it, and writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diagnostics.characters import escape_json
from applier.plan.secret_digests import DIGEST_SIZE, SEND_AGAIN
from applier.secrets import OURS
from applier.spec.resources import canonical_name

FORMAT_VERSION = 2
WITHOUT_KEY_ID = 1  # the format without the id of the key; read, and replaced at the next write
DEEPEST = 10  # levels; a lock has three, and a list in the place of a digest is told as such
MOST_PROBLEMS = 20
LONGEST_QUOTE = 60  # characters

RESTORE = "restore the file from git; or delete it: its secrets are then not compared until they are applied again"
MERGE = "merge the sides: applier lock merge {name}"
UPDATE = "update applier"

MARKER = re.compile(r"(<{7,}|\|{7,}|={7,}|>{7,})(?:[ \r\n]|\Z)", re.ASCII)
"""A line between the sides of a conflict, as git writes it in all its styles."""

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))(\s*:)?|([{\[])|[}\]]', re.DOTALL)  # also a text without its end
_DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_SIZE}}}")
_MEMBERS = ("key", "secrets", "version")

Digests = Mapping[str, Mapping[str, str]]


class BadLock(Exception):
    """The file is no lock; `problems` say why, each with its place."""

    def __init__(self, *problems: Diagnostic) -> None:
        super().__init__("\n".join(one.detail for one in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Lock:
    """What `applier.lock` holds: digests by address and member, and the id of the key, empty where none is kept."""

    digests: Digests = field(default_factory=dict)
    key_id: str = field(default="", metadata=OURS)


def format_lock(lock: Lock) -> str:
    """Return one line per secret, sorted, so that git can merge changes."""
    document = {"version": FORMAT_VERSION, "key": lock.key_id, "secrets": lock.digests}
    if not lock.key_id:
        document = {"version": WITHOUT_KEY_ID, "secrets": lock.digests}
    return escape_json(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"


def parse_lock(data: bytes, name: str) -> Lock:
    """Return the lock in the bytes of a file; `name` is for messages. Raises `BadLock` with all that is wrong."""
    return parse_lock_text(decode_lock(data, name), name)


def decode_lock(data: bytes, name: str) -> str:
    """Return the text of a file, without a byte order mark. Raises `BadLock` if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        raise BadLock(
            describe_problem(name, before, len(before), "The file holds bytes that are not UTF-8 text.")
        ) from None


def parse_lock_text(text: str, name: str) -> Lock:
    """Return the lock in a text. Raises `BadLock` with all that is wrong."""
    marker = next((at for at, line in split_lines(text) if MARKER.match(line)), None)
    if marker is not None:
        message = "The file has a merge conflict that is not resolved."
        raise BadLock(describe_problem(name, text, marker, message, MERGE.format(name=name)))
    if not text.strip():
        raise BadLock(describe_problem(name, text, 0, "The file is empty; expected a JSON object."))
    reader = _Reader(name, text)
    document = reader.load()
    lock = reader.read(document)
    if reader.problems:
        raise BadLock(*sorted(reader.problems, key=lambda one: one.place or Place(name))[:MOST_PROBLEMS])
    return lock


def split_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line as an editor counts it, with the place in the text where it starts."""
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def describe_problem(name: str, text: str, at: int, detail: str, hint: str = RESTORE) -> Diagnostic:
    """Return a problem at a position in the text of a lock."""
    line_start = text.rfind("\n", 0, at) + 1
    return diagnose("bad-lock", detail, Place(name, text.count("\n", 0, at) + 1, at - line_start + 1), hint)


class _Reader:
    """Reads one text; collects what is wrong."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text
        self._places: dict[tuple[str, ...], int] = {}
        self.problems: list[Diagnostic] = []

    def load(self) -> object:
        """Return the JSON value. Raises `BadLock` if it is none; members given twice are problems."""
        self._find_members()
        try:
            return json.loads(self._text, parse_int=_small_int, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            message = f"The file is not JSON: {error.msg[:1].lower()}{error.msg[1:]}."
            raise BadLock(describe_problem(self._name, self._text, error.pos, message)) from None
        except ValueError as error:
            raise BadLock(describe_problem(self._name, self._text, 0, f"The file is not JSON: {error}.")) from None

    def _find_members(self) -> None:
        """Find where each member is written. Raises `BadLock` for levels that no lock has."""
        path: list[str] = []
        for token in _TOKEN.finditer(self._text):
            text, colon, opening = token.groups()
            if opening:
                path.append("")
                if len(path) > DEEPEST:
                    message = f"The file has more than {DEEPEST} levels; a lock has 3."
                    raise BadLock(describe_problem(self._name, self._text, token.start(), message))
            elif text is None:
                path[-1:] = []
            elif colon and path:
                path[-1] = _unquote(text)
                self._add_member(tuple(path), token.start())

    def _add_member(self, path: tuple[str, ...], at: int) -> None:
        path = (*path[:1], *(canonical_name(one) for one in path[1:2]), *path[2:])
        if path in self._places:
            self._add(at, f"{_quote(path[-1])} is given twice.")
        self._places.setdefault(path, at)

    def read(self, document: object) -> Lock:
        """Return the lock that a JSON value stands for, as far as it is one."""
        if not isinstance(document, Mapping):
            self._add(len(self._text) - len(self._text.lstrip()), f"Expected an object, not {_describe(document)}.")
            return Lock()
        version = document.get("version")
        if type(version) is not int or version not in (WITHOUT_KEY_ID, FORMAT_VERSION):
            self._refuse_version(document)
            return Lock()
        for name in document.keys() - {*_MEMBERS}:
            self._add_at((name,), f"Unknown member {_quote(name)}; expected {', '.join(_MEMBERS)}.")
        key_id = document.get("key", "")
        if not isinstance(key_id, str) or (key_id and not _DIGEST.fullmatch(key_id)):
            self._add_at(("key",), f"Expected the id of a key, which has {DIGEST_SIZE} hexadecimal digits.")
        if "secrets" not in document:
            self._add(0, 'The member "secrets" is missing.')
        secrets = document.get("secrets", {})
        return Lock(dict(self._read_secrets(secrets)), key_id if isinstance(key_id, str) else "")

    def _refuse_version(self, document: Mapping[str, object]) -> None:
        version = document.get("version")
        if "version" not in document:
            self._add(0, 'The member "version" is missing.')
        elif type(version) is int and version > FORMAT_VERSION:
            message = f"The file has version {version}, which a later applier wrote; expected {FORMAT_VERSION} or less."
            self._add_at(("version",), message, UPDATE)
        else:
            self._add_at(("version",), f"Expected version {WITHOUT_KEY_ID} or {FORMAT_VERSION}.")

    def _read_secrets(self, secrets: object) -> Iterator[tuple[str, Mapping[str, str]]]:
        if not isinstance(secrets, Mapping):
            self._add_at(("secrets",), f"Expected an object of addresses, not {_describe(secrets)}.")
            return
        for address, members in secrets.items():
            path = ("secrets", canonical_name(address))
            if not isinstance(members, Mapping):
                self._add_at(path, f"Expected an object of digests, not {_describe(members)}.")
                continue
            for member, digest in members.items():
                if not isinstance(digest, str) or not (_DIGEST.fullmatch(digest) or digest == SEND_AGAIN):
                    message = f"Expected a digest, which has {DIGEST_SIZE} hexadecimal digits, not {_describe(digest)}."
                    self._add_at((*path, member), message)
            yield path[1], {**members}

    def _add_at(self, path: tuple[str, ...], detail: str, hint: str = RESTORE) -> None:
        self._add(self._places.get(path, 0), detail, hint)

    def _add(self, at: int, detail: str, hint: str = RESTORE) -> None:
        self.problems.append(describe_problem(self._name, self._text, at, detail, hint))


def _unquote(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text  # which is reported when the whole is read


def _small_int(text: str) -> int | float:
    """Return a number; one of more digits than Python converts is as wrong as a large one."""
    return int(text) if len(text) < DIGEST_SIZE else float("inf")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no value")


def _describe(value: object) -> str:
    """Return what a JSON value is, for a message; a text is quoted, as it is in a file that is public."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _quote(value)
    return "a number" if isinstance(value, int | float) else "a list" if isinstance(value, list) else "an object"


def _quote(text: str) -> str:
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return json.dumps(short)
