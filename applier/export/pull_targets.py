"""Where an edit of a resource is written: in a spec file or in an included one; and why it is written nowhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File

from applier.export.edits import BodyEdit, hides_secret, shares_path
from applier.kinds.base import Kind
from applier.plan import Change
from applier.secrets import Scrubber, hide_secrets
from applier.secrets.positions import matches
from applier.secrets.urls import hide_urls_in
from applier.spec.documents.patch import GONE, Edit, apply_edits, shared_line, split_byte_order_mark
from applier.spec.documents.patch_lists import Kept
from applier.spec.resources import Input, InputSource, Path, Resource, Written
from applier.spec.schema.lookup import value_at
from applier.spec.variables.escaping import escape
from applier.system import path_text

NOT_TO_FILES = "the live value holds a secret. Set it by hand, as a placeholder"
_INCLUDE = re.compile(r"\$\{file:([^}]*)\}")
_PLACEHOLDER = re.compile(r"(?<!\$)\$\{(\w+:[^}:]*)")


@dataclass(frozen=True, slots=True)
class Target:
    """A file, by the name to show, and the place in it that an edit changes; None for the whole of an included file."""

    file: str
    place: Written | None = None

    @property
    def is_override(self) -> bool:
        """True for the overrides of an environment."""
        return self.place is not None and self.place.section == "environments"

    @property
    def real(self) -> File:
        """The path by which the file is known however it is reached."""
        return File(self.file).resolve()


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of the edits of one resource. `inputs` tell what gives the variables of the spec."""

    change: Change
    resource: Resource
    kind: Kind
    scrubber: Scrubber = field(repr=False)
    inputs: tuple[Input, ...] = field(repr=False)

    def find(self, edit: BodyEdit, level: int) -> Target | None:
        """Return where an edit is written: where the value comes from or, with level 1, above that if it can be."""
        if included := self.included_file(edit):
            return Target(included)
        if self.resource.locate.placeholder_at(edit.declared) is not None and not _keeps_items(edit.value):
            return None
        places = self.resource.locate.places_to_write(edit.declared)
        found = places[min(level, len(places) - 1)]
        base = found.path[: len(found.path) - len(edit.declared)]
        return Target(found.file, Written(found.file, found.position, (*base, *edit.path), found.section))

    def included_file(self, edit: BodyEdit) -> str | None:
        """Return the file whose text is the whole of a value that an edit changes to another text."""
        if not isinstance(edit.value, str) or self.resource.locate.placeholder_at(edit.declared) != edit.declared:
            return None
        found = _INCLUDE.fullmatch(str(value_at(self.resource.locate.template, edit.declared)))
        folder = File(self.resource.locate.places_to_write(edit.declared)[0].file).parent
        return path_text(os.path.normpath(folder / found[1])) if found else None

    def reason_against(self, edit: BodyEdit) -> str | None:
        """Return why an edit is written nowhere: it holds a secret, or a placeholder gives the value."""
        if self.holds_secret(edit):
            return NOT_TO_FILES
        return None if self.find(edit, 0) else f"the value comes from {self.name_placeholders(edit.declared)}"

    def name_placeholders(self, path: Path) -> str:
        """Return the placeholders that give a value, what gives each variable, and where they are written."""
        at = self.resource.locate.placeholder_at(path) or path
        text = value_at(self.resource.locate.template, at)
        origins = {one.name: one.origin for one in self.inputs if one.source is InputSource.VARIABLE}
        found = []
        for one in dict.fromkeys(_PLACEHOLDER.findall(text if isinstance(text, str) else "")):
            origin = origins.get(one.removeprefix("var:"), "") if one.startswith("var:") else ""
            found.append(f"${{{one}}}{f' ({origin})' if origin else ''}")
        return f"{' and '.join(found) or 'a placeholder'} at {self.line(at)}"

    def line(self, path: Path) -> str:
        """Return file and line of a value, or of the nearest thing around it that is written."""
        place = self.resource.locate(*path)
        return f"{place.file}:{place.line}"

    def holds_secret(self, edit: BodyEdit) -> bool:
        """Return whether an edit would write a secret to the file, in a value, as a key, or in a URL."""
        keys = [one for one in edit.path if isinstance(one, str)]
        value = [one for one in edit.value if not isinstance(one, Kept)] if isinstance(edit.value, list) else edit.value
        if self.scrubber.holds_secret(value) or hide_urls_in(value) != value:
            return True
        if value is not GONE and self.is_hidden(edit.path):
            return True
        return hide_secrets(keys, self.scrubber) != keys

    def is_hidden(self, path: Path) -> bool:
        """Return whether the plan hides the live value that an edit of a member that may be secret would write."""
        steps = tuple(map(str, path))
        may_be_secret = any(matches(one[: len(steps)], steps[: len(one)]) for one in self.kind.confidential)
        return may_be_secret and any(
            hides_secret(one.before) and shares_path(path, one.path) for one in self.change.fields
        )


def _keeps_items(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, Kept) for one in value)


def write_edit(target: Target, edit: BodyEdit, data: bytes) -> tuple[bytes | None, str]:
    """Return the file with an edit, or None and why it cannot be made in place."""
    if target.place is None:
        return _replace_text(data, str(edit.value)), ""
    place = target.place
    after, failed = apply_edits(data, place.position, [Edit(place.path, escape(edit.value))])
    if not failed:
        return after, ""
    line = shared_line(data, place.position, place.path)
    if line is not None:
        return None, f"the value is shared by the anchor at {target.file}:{line}"
    return None, "the value cannot be changed without changing other parts of the file"


def _replace_text(data: bytes, text: str) -> bytes:
    """Return an included file with another text: byte order mark, line breaks and the last one stay as they are."""
    mark, old = split_byte_order_mark(data)
    ending = b"\r\n" if old.partition(b"\n")[0].endswith(b"\r") else b"\n"
    last = ending if old.endswith(b"\n") or text.endswith("\n") else b""
    return mark + text.encode("utf-8").replace(b"\n", ending) + last


def name_users(addresses: tuple[str, ...], files: Mapping[str, str]) -> str:
    """Return which other resources use a value, the first with its place: the subject and verb of a sentence."""
    first = f"{addresses[0]} at {files[addresses[0]]}" if addresses[0] in files else addresses[0]
    return f"{first} uses" if len(addresses) == 1 else f"{first} and {len(addresses) - 1} more use"
