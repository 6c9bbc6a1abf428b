"""Live edits back into the files that declare what was edited: the smallest change, and what has to stay."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path as File
from typing import Any

from applier import diff
from applier.diff import FieldChange
from applier.kinds import KINDS
from applier.kinds.base import is_masked, mapping
from applier.kinds.references import reveal_names
from applier.live.snapshot import Live, Snapshot
from applier.plan import Action, Change
from applier.resolve import Declared
from applier.resources import Path, Resource
from applier.secrets import Secret, redact
from applier.spec.documents.patch import GONE, Edit, apply_edits, edit_value
from applier.spec.documents.write import Inline
from applier.spec.merging import Located
from applier.spec.sections import depth_of
from applier.spec.variables.placeholders import MARK

ELSEWHERE = "it comes from defaults or from the environment"
FILLED = "it comes from a placeholder"
IN_PLACE = "it cannot be changed where it stands without changing more"
WHOLE = "it is not said in a place of its own"
NAME = "the name is the key; rename it by hand"
DELETED = "it is no longer live; take it out by hand"
NEW_NAMES = "what is live there has no name in the spec or in the workspace"

SHORT = (("fields",), ("schedule",), ("identity",))


@dataclass(frozen=True, slots=True)
class Left:
    """A difference that stays, and why."""

    address: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """Files as they were and as they are to be, how many fields that settles, and what is left."""

    before: Mapping[str, bytes] = field(repr=False)
    after: Mapping[str, bytes] = field(repr=False)
    pulled_fields: tuple[tuple[str, str], ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that change."""
        return tuple(name for name in self.before if self.before[name] != self.after[name])


def pull_edits(changes: Collection[Change], forms: Mapping[str, Declared], snapshot: Snapshot) -> Pulled:
    """What the differences of a plan mean for the files."""
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    pulled_fields: list[tuple[str, str]] = []
    left: list[Left] = []
    for change in changes:
        if change.action not in (Action.UPDATE, Action.RENAME):
            left += [Left(change.address, "", DELETED)] if change.action is Action.CREATE else []
            continue
        form, live = forms[change.address], snapshot.by_id[change.kind, change.id or ""]
        file = _document(form.resource).file
        before.setdefault(file, File(file).read_bytes())
        after.setdefault(file, before[file])
        done, data, why = _one(change, form, live, after[file])
        after[file] = data
        pulled_fields += [(change.address, label) for label in done]
        left += [Left(change.address, label, reason) for label, reason in why.items()]
    return Pulled(before, after, tuple(pulled_fields), tuple(left))


def _document(resource: Resource) -> Any:
    assert isinstance(resource.locate, Located)  # noqa: S101 - what comes from files is
    return resource.locate.document.source.source


def _one(change: Change, form: Declared, live: Live, data: bytes) -> tuple[list[str], bytes, dict[str, str]]:
    """The fields that are pulled, the file with them, and why others are not."""
    document, base = _document(form.resource), (change.kind, change.name)
    wanted = list(_edits(change.fields, form, live))
    reasons = {one.path: why for one in wanted if (why := _not_here(form.resource, one))}
    here = [one for one in wanted if one.path not in reasons]
    placed = [Edit((*base, *one.path), _escaped(one.value)) for one in here]
    new, failed = apply_edits(data, document.position, placed)
    unplaced = {one.path[2:] for one in failed}
    reasons |= dict.fromkeys(unplaced, IN_PLACE)
    body: Any = form.resource.body
    for one in here:
        if one.path not in unplaced:
            body = edit_value(body, one.path, one.value)
    remaining = _remaining(form, body, live)
    fresh = remaining - {one.path for one in change.fields}
    if fresh or any("which does not exist" in str(one.value) for one in here):
        return [], data, {one.label: IN_PLACE if fresh else NEW_NAMES for one in change.fields}
    left = {one.label: _reason(one.path, reasons) for one in change.fields if one.path in remaining}
    left |= {"name": NAME} if any(one.path == ("name",) for one in change.fields) else {}
    return [one.label for one in change.fields if one.label not in left], new, left


def _remaining(form: Declared, body: Mapping[str, object], live: Live) -> set[Path]:
    """The paths that would still differ."""
    kind = KINDS[form.resource.kind]
    canonical = reveal_names(kind, kind.from_spec(body))
    return {one.path for one in diff.changes(kind, canonical, live.canonical)}


def _reason(path: Path, reasons: Mapping[Path, str]) -> str:
    """Why a field stays: that of the edit that would have pulled it."""
    return next((why for one, why in reasons.items() if _touches(one, path)), WHOLE)


def _touches(path: Path, other: Path) -> bool:
    """True when one path leads through the other; below a list the plan goes by other keys."""
    keys = takewhile(lambda step: isinstance(step, str), path)
    return all(one == two for one, two in zip(keys, other, strict=False))


def _edits(fields: Collection[FieldChange], form: Declared, live: Live) -> Iterator[Edit]:
    """What to change in the body, by path below it."""
    body = form.resource.body
    spelled = KINDS[live.kind].to_spec(live.canonical, live.answer, body)
    yield from _inside(body, spelled, (), {one.path: one for one in fields if one.path != ("name",)})


def _inside(declared: Any, live: Any, path: Path, fields: Mapping[Path, FieldChange]) -> Iterator[Edit]:
    """The edits below a path, only where the plan has a difference."""
    if not any(_touches(path, one) for one in fields) or isinstance(declared, Secret) or isinstance(live, Secret):
        return
    if path[:1] == ("fields",) and len(path) == 2 and isinstance(declared, dict) and isinstance(live, str):
        live = {"field": live}
    if isinstance(declared, dict) and isinstance(live, dict):
        for key in {**live, **declared}:
            below = (*path, key)
            if key in declared and key in live:
                yield from _inside(declared[key], live[key], below, fields)
            elif any(_touches(below, one) for one in fields):
                value = live.get(key, _said(fields.get(below)))
                yield from [Edit(below, _short(value, below))] if not _hides(value) else []
    elif _pairwise(declared, live):
        for index, (one, other) in enumerate(zip(declared, live, strict=True)):
            yield from _inside(one, other, (*path, index), fields)
    elif not diff.same(declared, live):
        yield Edit(path, _short(_as_ordered(declared, live), path))


def _said(change: FieldChange | None) -> Any:
    """What is live where a person would not have said it: a value if the plan shows one."""
    before = change.before if change else None
    return before if isinstance(before, bool | int | float | str) and not is_masked(before) else GONE


def _hides(value: Any) -> bool:
    return value is not GONE and redact(value) != value


def _pairwise(declared: Any, live: Any) -> bool:
    lists = isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live)
    return lists and all(isinstance(one, dict) for one in (*declared, *live))


def _as_ordered(declared: Any, live: Any) -> Any:
    """A list of words in the order of the file, new ones at its end."""
    if isinstance(declared, list) and isinstance(live, list) and all(isinstance(one, str) for one in live):
        return [one for one in declared if one in live] + [one for one in live if one not in declared]
    return live


def _short(value: Any, path: Path) -> Any:
    return (
        Inline(value) if isinstance(value, dict) and path[:1] in (("fields",), ("schedule",), ("identity",)) else value
    )


def _not_here(resource: Resource, edit: Edit) -> str:
    """Why the value at the path is not the file's own to change."""
    assert isinstance(resource.locate, Located)  # noqa: S101 - what comes from files is
    document = resource.locate.document
    path = (*resource.locate.base, *edit.path)
    own = document.source.source.value
    if depth_of(own, path) < len(path):
        return ELSEWHERE if depth_of(resource.body, edit.path) == len(edit.path) else ""
    if any(one[: len(path)] == path for one in document.filled):
        return FILLED
    value: Any = own
    effective: Any = resource.body
    for step in path:
        value = value[step]
    for step in edit.path:
        effective = effective[step]
    return "" if _unescaped(value) == effective else ELSEWHERE


def _unescaped(value: Any) -> Any:
    return _each_text(value, lambda text: text.replace(f"${MARK}", MARK))


def _escaped(value: Any) -> Any:
    return _each_text(value, lambda text: text.replace(MARK, f"${MARK}"))


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return type(value)({key: _each_text(one, change) for key, one in mapping(value).items()})  # type: ignore[call-arg]
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    return value
