"""A plan as a file: what was decided and what it was derived from, without secrets."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from applier import __version__
from applier.diagnostics import Place
from applier.diagnostics.characters import escape_json
from applier.diff import FieldChange
from applier.plan.change_digests import ChangeDigest, DigestedPlan
from applier.plan.changes import Action, Change, Plan
from applier.plan.input_digests import InputDigest, InputDigests
from applier.plan.options import PlanOptions
from applier.plan.saved_inputs import SavedInputs
from applier.saving import write_file
from applier.system import is_file, path_text

FORMAT = "applier-plan"
FORMAT_VERSION = 2
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
    digests: InputDigests
    changes: tuple[ChangeDigest, ...]


class NotAPlan(Exception):
    """The file is not a plan that this version of applier can read; `str()` has the reason."""


def save_plan(
    file: Path,
    plan: DigestedPlan,
    circumstances: Circumstances,
    options: PlanOptions,
    inputs: SavedInputs,
    digests: InputDigests,
) -> None:
    """Write the file with a masked plan, and with digests of its changes as they are without masks.

    Where files have modes (not on Windows), only its owner can read it. Raises OSError.
    """
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "applier": __version__,
        "circumstances": asdict(circumstances),
        "options": asdict(options),
        "inputs": asdict(inputs),
        "digests": asdict(digests),
        "change_digests": [asdict(one) for one in plan.digests],
        "changes": [asdict(one) for one in plan.plan.changes],
        "unchanged": list(plan.plan.unchanged),
        "fingerprint": plan.plan.fingerprint,
    }
    sealed = {**document, "seal": _seal(document)}
    content = escape_json(json.dumps(sealed, indent=1, ensure_ascii=False, default=str)) + "\n"
    write_file(file, content, private=True)


def _seal(document: Mapping[str, object]) -> str:
    """Return a digest of the rest of the document: a plan that is edited by hand is rejected."""
    content = json.dumps(document, sort_keys=True, default=str).encode()
    return hashlib.sha256(content).hexdigest()


def is_saved_plan(path: Path) -> bool:
    """True for a file with the format member of a saved plan."""
    if not is_file(path):  # a pipe can be read only once
        return False
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
        options = _build(PlanOptions, document["options"])
        inputs = _build(SavedInputs, document["inputs"])
        changes = tuple(_build(ChangeDigest, one) for one in document["change_digests"])
        return SavedPlan(plan, circumstances, options, inputs, _to_digests(document["digests"]), changes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAPlan(f"Cannot read {path_text(path)} as a saved plan ({type(error).__name__}).") from None


def _build(make: Callable[..., Built], record: Record) -> Built:
    """Return the object with these members; JSON has lists for tuples."""
    return make(**{name: tuple(value) if isinstance(value, list) else value for name, value in record.items()})


def _to_digests(record: Record) -> InputDigests:
    values = [_build(InputDigest, one) for one in record["values"]]
    return _build(InputDigests, {**record, "values": values})


def _to_change(record: Record) -> Change:
    """Return the change of a record, without members that this version does not know."""
    members = {one.name: record[one.name] for one in fields(Change) if one.name in record}
    members["action"] = Action(members["action"])
    members["fields"] = [FieldChange(**{**one, "path": tuple(one["path"])}) for one in members["fields"]]
    members["place"] = _build(Place, members["place"]) if members["place"] else None
    return _build(Change, members)
