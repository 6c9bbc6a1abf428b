"""A plan as a file: what was decided and what it was derived from, without secrets."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from applier import __version__
from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diff import FieldChange
from applier.plan.changes import RECORD_KEYS, Action, Change, Plan, planned_effect, to_record
from applier.plan.options import PlanOptions
from applier.plan.saved_inputs import SavedInputs
from applier.resolve import DeclaredResources
from applier.system import path_text

FORMAT = "applier-plan"
FORMAT_VERSION = 1
FORMAT_MEMBER = re.compile(r'"format"\s*:\s*"applier-plan"')

Built = TypeVar("Built")
Record = Mapping[str, Any]
"""A JSON object."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a plan was made of and for: the same must hold when it is applied."""

    paths: tuple[str, ...]
    targets: tuple[str, ...]
    excludes: tuple[str, ...]
    environment: str
    url: str
    organization: str
    api_version: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan that was read from a file."""

    plan: Plan
    circumstances: Circumstances
    options: PlanOptions
    inputs: SavedInputs
    salt: str
    spec: str


class NotAPlan(Exception):
    """The file is not a plan that this version of applier can read; `str()` has the reason."""


def save_plan(
    file: Path,
    plan: Plan,
    circumstances: Circumstances,
    options: PlanOptions,
    inputs: SavedInputs,
    declared: DeclaredResources,
) -> None:
    """Write the file; where files have modes (not on Windows), only its owner can read it. Raises OSError."""
    salt = os.urandom(16).hex()
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "applier": __version__,
        "circumstances": asdict(circumstances),
        "policy": asdict(options),
        "beside": asdict(inputs),
        "salt": salt,
        "spec": spec_digest(declared, salt),
        "changes": [to_record(one) for one in plan.changes],
        "unchanged": list(plan.unchanged),
        "fingerprint": plan.fingerprint,
    }
    sealed = {**document, "seal": _seal(document)}
    content = json.dumps(sealed, indent=1, ensure_ascii=False, default=str) + "\n"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
        out.write(content)


def _seal(document: Mapping[str, object]) -> str:
    """Return a digest of the rest of the document: a plan that is edited by hand is rejected."""
    content = json.dumps(document, sort_keys=True, default=str).encode()
    return hashlib.sha256(content).hexdigest()


def spec_digest(declared: DeclaredResources, salt: str) -> str:
    """Return a digest of everything declared, secrets included; slow and salted, so that it does not reveal them."""
    content = json.dumps({address: one.canonical for address, one in declared.items()}, sort_keys=True, default=str)
    return hashlib.scrypt(content.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1, dklen=16).hex()


def is_saved_plan(path: Path) -> bool:
    """True for a file with the format member of a saved plan."""
    try:
        with path.open(encoding="utf-8") as file:
            head = file.read(200)
            if FORMAT_MEMBER.search(head) or not head.lstrip().startswith("{"):
                return FORMAT_MEMBER.search(head) is not None
            document = json.loads(head + file.read())  # another tool may have sorted it
            return isinstance(document, dict) and document.get("format") == FORMAT
    except (OSError, ValueError, RecursionError):
        return False


def load_plan(path: Path) -> SavedPlan:
    """Return the plan in a file. Raises `NotAPlan`."""
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format_version"] != FORMAT_VERSION or document["applier"] != __version__:
            origin = f"applier {document['applier']} with format {document['format_version']}"
            raise NotAPlan(
                f"The plan was made by {origin}, but this is applier {__version__} with format {FORMAT_VERSION}."
            )
        if document.pop("seal") != _seal(document):
            raise NotAPlan(f"{path_text(path)} was modified after it was saved.")
        plan = Plan(tuple(_to_change(one) for one in document["changes"]), tuple(document["unchanged"]))
        circumstances = _build(Circumstances, document["circumstances"])
        options = _build(PlanOptions, document["policy"])
        inputs = _build(SavedInputs, document["beside"])
        return SavedPlan(plan, circumstances, options, inputs, document["salt"], document["spec"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAPlan(f"Cannot read {path_text(path)} as a saved plan ({type(error).__name__}).") from None


def _build(make: Callable[..., Built], record: Record) -> Built:
    """Return the object with these members; JSON has lists for tuples."""
    return make(**{name: tuple(value) if isinstance(value, list) else value for name, value in record.items()})


def _to_change(record: Record) -> Change:
    """Return the change of a record, without members that this version does not know."""
    keys = {one.name: RECORD_KEYS.get(one.name, one.name) for one in fields(Change)}
    members = {name: record[key] for name, key in keys.items() if key in record}
    members["action"] = Action(members["action"])
    members["fields"] = [FieldChange(**{**one, "path": tuple(one["path"])}) for one in members["fields"]]
    members["place"] = _build(Place, members["place"]) if members["place"] else None
    return _build(Change, members)


def find_outdated(
    saved: SavedPlan, now: Plan, circumstances: Circumstances, declared: DeclaredResources
) -> Iterator[Diagnostic]:
    """Yield an error for everything that changed since the plan was saved; without one, the plan can be applied."""
    for one in fields(Circumstances):
        then, today = getattr(saved.circumstances, one.name), getattr(circumstances, one.name)
        if then != today:
            name = one.name.replace("_", " ")
            yield _stale_plan(f"The plan was made with {name} {_json(then)}; now it is {_json(today)}.")
    if spec_digest(declared, saved.salt) != saved.spec:
        yield _stale_plan("The spec, or a value that it uses, has changed since the plan was made.")
    yield from _find_outdated_changes(saved.plan, now)


def _find_outdated_changes(then: Plan, now: Plan) -> Iterator[Diagnostic]:
    planned, today = ({one.address: one for one in plan.changes} for plan in (then, now))
    gone = {one.address for one in then.changes if one.action is Action.DELETE or one.is_step}
    if planned and not today.keys() & planned.keys() and set(planned) <= {*now.unchanged, *gone}:
        yield _stale_plan("The plan has already been applied: all of its changes are made.")
        return
    for address in dict.fromkeys((*planned, *today)):
        before, after = planned.get(address), today.get(address)
        if before is None and after is not None:
            yield _stale_plan(f"{address} is not in the plan, but needs a change now: {after.action.value}.", address)
        elif before is not None and after is None:
            yield _stale_plan(f"{address} needs no {before.action.value} any more.", address)
        elif before is not None and after is not None and _normalize(before) != _normalize(after):
            who = f" by {after.updated_by}" if after.updated_by else ""
            when = f"; last written {after.updated_at}{who}" if after.updated_at else ""
            yield _stale_plan(f"{address} has changed since the plan was made{when}.", address)


def _normalize(change: Change) -> object:
    """Return the effect of a change as JSON has it."""
    return json.loads(json.dumps(planned_effect(change), sort_keys=True, default=str))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _stale_plan(detail: str, address: str | None = None) -> Diagnostic:
    return diagnose("stale-plan", detail, hint="create a new plan and review it", address=address)
