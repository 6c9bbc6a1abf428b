"""Resolves one placeholder: a variable of the environment or of the spec, or the text of a file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from applier.diagnostics.suggestions import suggest
from applier.secrets import Secret
from applier.spec.documents.files import LARGEST_FILE
from applier.spec.resources import Input, InputSource
from applier.spec.resources import Path as Steps
from applier.system import describe_os_error, is_file, is_missing, path_text, windows

MARK = "${"
LINE_BREAK = re.compile(r"\r\n?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NOT_UTF8 = "variable-not-utf8"
NOT_UTF8_HINT = "use UTF-8; encode other bytes, for example as base64"
FORMS = "${env:NAME}, ${env:NAME:-default}, ${var:name} and ${file:path}"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values come from.

    `folder` is that of the file with the placeholder, `project` the folder that included files may not leave.
    `without` holds the variables that have no value, which is reported elsewhere. `number_text` returns how the number
    at a path of the value of a variable is written. `contents` has bytes that count in place of those of included
    files, by real path.
    """

    environment: Mapping[str, str] = field(repr=False)
    variables: Mapping[str, object] = field(repr=False)
    folder: Path
    project: Path
    without: frozenset[str] = frozenset()
    number_text: Callable[[str, Steps], str | None] = field(default=lambda *_: None, repr=False)
    contents: Mapping[Path, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)


class Unfilled(Exception):
    """A placeholder that cannot be filled in: code, detail and hint of its diagnostic. No code: reported elsewhere."""

    def __init__(self, code: str = "", detail: str = "", hint: str | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.hint = code, detail, hint


def resolve_placeholder(inside: str, closed: bool, sources: Sources) -> object:
    """Return the value of what stands between the braces, a secret if the environment gave it. Raises `Unfilled`."""
    if not closed:
        raise Unfilled(
            "placeholder-not-closed", 'Missing "}" after "${".', 'add the "}", or write "$${" for a literal "${"'
        )
    form, colon, rest = inside.partition(":")
    if MARK in inside:
        raise Unfilled(
            "placeholder-nested",
            "A placeholder cannot hold another one.",
            "use a single placeholder, with a plain text as its default",
        )
    resolvers = {"env": _environment, "var": _variable, "file": _file}
    if not colon or form not in resolvers:
        raise _unknown(inside, form, colon, resolvers)
    return resolvers[form](rest, sources)


def input_of(inside: str, value: object, sources: Sources) -> list[Input]:
    """Return where the value of a placeholder comes from; that of a variable is known already."""
    form, _, rest = inside.partition(":")
    if not isinstance(value, str) or form not in ("env", "file"):
        return []
    if form == "file":
        return [Input(InputSource.FILE, path_text(os.path.normpath(sources.folder / rest)), value)]
    origin = "the environment" if isinstance(value, Secret) else "its default"
    return [Input(InputSource.ENVIRONMENT, rest.partition(":-")[0], value, origin)]


def _unknown(inside: str, form: str, colon: str, known: Mapping[str, object]) -> Unfilled:
    if not colon and _NAME.fullmatch(inside):
        hint = 'write "${env:NAME}" for an environment variable, or "$${" for a literal "${"'
    else:
        suggestion = suggest(form, known) if colon else None
        hint = f'{suggestion + "; " if suggestion else ""}known forms: {FORMS}; a literal "${{" is written "$${{"'
    return Unfilled("placeholder-unknown", 'This "${…}" is not a known placeholder.', hint)


def _environment(rest: str, sources: Sources) -> str:
    name, has_default, default = rest.partition(":-")
    if not _NAME.fullmatch(name):
        raise Unfilled(
            "placeholder-malformed",
            'Invalid variable name after "env:".',
            'write "${env:NAME}" or "${env:NAME:-default}"; names are letters, digits and "_"',
        )
    found = sources.environment.get(name)
    if found and not is_utf8(found):
        raise Unfilled(NOT_UTF8, f"The environment variable {name} holds bytes that are not UTF-8 text.", NOT_UTF8_HINT)
    if found:
        return Secret(found)
    if has_default:
        return default
    if found is not None:
        raise Unfilled(
            "variable-empty",
            f"The environment variable {name} is set, but empty.",
            f'give it a value; where it may be empty, write "${{env:{name}:-}}"',
        )
    suggestion = suggest(name, sources.environment)
    raise Unfilled(
        "variable-not-set",
        f"The environment variable {name} is not set.",
        f'{suggestion + "; " if suggestion else ""}set it, or give a default: "${{env:{name}:-default}}"',
    )


def _variable(name: str, sources: Sources) -> object:
    if name in sources.variables:
        return sources.variables[name]
    if name in sources.without:
        raise Unfilled
    known = ", ".join(sorted(sources.variables))
    hint = suggest(name, sources.variables) or (
        f"declared variables: {known}" if known else 'declare it under "variables"'
    )
    raise Unfilled("variable-unknown", f'Unknown variable "{name}".', hint)


def _file(name: str, sources: Sources) -> str:
    """Return the text of a file with the line breaks of YAML and without the last, as if it were written in place.

    Git on Windows writes other line breaks than it was given.
    """
    if windows() and "\\" in name:
        raise _file_problem(name, "has a backslash, which other systems do not understand", 'write "/" between folders')
    try:
        path = (sources.folder / name).resolve()
        inside = path.is_relative_to(sources.project.resolve())
    except (OSError, ValueError, RuntimeError):
        raise _file_problem(name, "is not a path that can be used") from None
    if not inside:
        raise Unfilled(
            "file-outside-project",
            f'"{name}" is outside the folder of the spec.',
            "keep included files next to the spec or below the folder given to the command",
        )
    if not is_file(path):
        raise _file_problem(name, _why_no_file(path))
    try:
        data = sources.contents[path] if path in sources.contents else _read(path)
        if len(data) > LARGEST_FILE:
            raise _file_problem(name, f"is larger than {LARGEST_FILE // 1024 // 1024} MB")
        text = data.decode("utf-8-sig")
    except OSError:
        raise _file_problem(name, "cannot be read") from None
    except UnicodeDecodeError:
        raise _file_problem(name, "is not UTF-8 text") from None
    content = LINE_BREAK.sub("\n", text).removesuffix("\n")
    if not content:
        raise _file_problem(
            name, "is empty", 'write its text; where nothing is meant, write "" instead of the placeholder'
        )
    return content


def _why_no_file(path: Path) -> str:
    """Return why a path leads to no regular file."""
    try:
        path.stat()
    except OSError as error:
        return "does not exist" if is_missing(error) else f"cannot be read: {describe_os_error(error)}"
    return "is not a file"


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)


def _file_problem(name: str, what: str, hint: str = "the path is relative to the file that names it") -> Unfilled:
    return Unfilled("included-file", f'The file "{name}" {what}.', hint)


def is_utf8(text: str) -> bool:
    """Return whether a text is UTF-8. The process can be given bytes that are not, which cannot be sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
