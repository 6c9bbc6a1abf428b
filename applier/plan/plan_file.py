"""A plan as a file: everything that was decided and what it was derived from, without secrets."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from applier import __version__
from applier.diagnostics import Diagnostic, Place, diagnose
from applier.diff import FieldChange
from applier.plan.changes import Action, Change, Plan, essence
from applier.plan.options import PlanOptions
from applier.plan.saved_inputs import SavedInputs
from applier.resolve import DeclaredResources
from applier.system import path_text

FORMAT = "applier-plan"
FORMAT_VERSION = 1
SAYS_SO = re.compile(r'"format"\s*:\s*"applier-plan"')


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a plan was made of and for: the same again must hold when it is applied."""

    paths: tuple[str, ...]
    targets: tuple[str, ...]
    excludes: tuple[str, ...]
    environment: str
    url: str
    organization: str
    api_version: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan read from a file."""

    plan: Plan
    circumstances: Circumstances
    policy: PlanOptions
    beside: SavedInputs
    applier: str
    salt: str
    spec: str


class NotAPlan(Exception):
    """The file is not a plan that this applier can read; `str()` says why."""


def save_plan(
    file: Path,
    plan: Plan,
    circumstances: Circumstances,
    policy: PlanOptions,
    given: SavedInputs,
    forms: DeclaredResources,
) -> None:
    """Write the file, readable by its owner only where files have modes (not on Windows). Raises OSError."""
    salt = os.urandom(16).hex()
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "applier": __version__,
        "circumstances": asdict(circumstances),
        "policy": asdict(policy),
        "beside": asdict(given),
        "salt": salt,
        "spec": spec_digest(forms, salt),
        "changes": [asdict(one) for one in plan.changes],
        "unchanged": list(plan.unchanged),
        "fingerprint": plan.fingerprint,
    }
    sealed = {**document, "seal": _seal(document)}
    content = json.dumps(sealed, indent=1, ensure_ascii=False, default=str) + "\n"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
        out.write(content)


def _seal(document: Mapping[str, Any]) -> str:
    """A digest of all the rest: who changes a plan by hand does not get another, but none."""
    content = json.dumps(document, sort_keys=True, default=str).encode()
    return hashlib.sha256(content).hexdigest()


def spec_digest(forms: DeclaredResources, salt: str) -> str:
    """A digest of all that is declared, secrets included; slow and salted, so that it does not give them away."""
    told = {address: form.canonical for address, form in forms.items()}
    content = json.dumps(told, sort_keys=True, default=str).encode()
    return hashlib.scrypt(content, salt=bytes.fromhex(salt), n=2**14, r=8, p=1, dklen=16).hex()


def is_saved_plan(path: Path) -> bool:
    """True for a file that says of itself that it is a plan."""
    try:
        with path.open(encoding="utf-8") as file:
            head = file.read(200)
            if SAYS_SO.search(head) or not head.lstrip().startswith("{"):
                return SAYS_SO.search(head) is not None
            document = json.loads(head + file.read())  # another tool may have sorted it
            return isinstance(document, dict) and document.get("format") == FORMAT
    except (OSError, ValueError, RecursionError):
        return False


def load_plan(path: Path) -> SavedPlan:
    """The plan in a file. Raises `NotAPlan`."""
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format_version"] != FORMAT_VERSION or document["applier"] != __version__:
            made = f"applier {document['applier']} in format {document['format_version']}"
            raise NotAPlan(f"The plan was made by {made}, this is {__version__} with format {FORMAT_VERSION}.")
        if document.pop("seal") != _seal(document):
            raise NotAPlan(f"{path_text(path)} is not as it was saved: somebody has changed it.")
        circumstances = {name: _tupled(value) for name, value in document["circumstances"].items()}
        plan = Plan(tuple(_change(one) for one in document["changes"]), tuple(document["unchanged"]))
        policy = PlanOptions(**{name: _tupled(value) for name, value in document["policy"].items()})
        given = SavedInputs(**{name: _tupled(value) for name, value in document["beside"].items()})
        made_for = Circumstances(**circumstances)
        return SavedPlan(plan, made_for, policy, given, __version__, document["salt"], document["spec"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAPlan(f"{path_text(path)} cannot be read as a saved plan ({type(error).__name__}).") from None


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _change(data: Mapping[str, Any]) -> Change:
    known = {one.name for one in fields(Change)}
    given = {name: _tupled(value) for name, value in data.items() if name in known}
    given["action"] = Action(given["action"])
    given["fields"] = tuple(FieldChange(**{**one, "path": tuple(one["path"])}) for one in given["fields"])
    given["place"] = Place(**given["place"]) if given["place"] else None
    return Change(**given)


def moved_since(
    saved: SavedPlan, now: Plan, circumstances: Circumstances, forms: DeclaredResources
) -> Iterator[Diagnostic]:
    """Everything that is no longer as it was when the plan was saved; nothing means that it may be carried out."""
    for one in fields(Circumstances):
        then, today = getattr(saved.circumstances, one.name), getattr(circumstances, one.name)
        if then != today:
            yield _stale(f"It was made with {one.name.replace('_', ' ')} {_told(then)}, now it is {_told(today)}.")
    if spec_digest(forms, saved.salt) != saved.spec:
        yield _stale("The spec, or a value that is filled into it, has changed since.")
    yield from _moved_changes(saved.plan, now)


def _moved_changes(then: Plan, now: Plan) -> Iterator[Diagnostic]:
    planned, today = ({one.address: one for one in plan.changes} for plan in (then, now))
    if planned and not today.keys() & planned.keys() and set(planned) <= {*now.unchanged, *_deleted(then)}:
        yield _stale("It has been applied already: everything in it is as planned.")
        return
    for address in dict.fromkeys((*planned, *today)):
        before, after = planned.get(address), today.get(address)
        if before is None and after is not None:
            yield _stale(f"{address}: not in the plan, but would be changed now ({after.action.value}).", address)
        elif before is not None and after is None:
            yield _stale(f"{address}: the plan would {before.action.value} it, now there is nothing to do.", address)
        elif before is not None and after is not None and _essence(before) != _essence(after):
            who = f" by {after.updated_by}" if after.updated_by else ""
            when = f", last written {after.updated_at}{who}" if after.updated_at else ""
            yield _stale(f"{address}: no longer as it was when the plan was made{when}.", address)


def _deleted(plan: Plan) -> list[str]:
    return [one.address for one in plan.changes if one.action is Action.DELETE]


def _essence(change: Change) -> object:
    return json.loads(json.dumps(essence(change), sort_keys=True, default=str))


def _told(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _stale(detail: str, address: str | None = None) -> Diagnostic:
    hint = "make a new plan and look at it"
    return diagnose("stale-plan", detail, hint=hint, address=address)
