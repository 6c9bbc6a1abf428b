"""A plan as a file: what was decided and what it was derived from, without secrets."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from applier import __version__
from applier.diagnostics import Place
from applier.diagnostics.characters import escape_json
from applier.kinds import KINDS
from applier.plan.change_digests import ChangeDigest, DigestedPlan
from applier.plan.changes import Cause, Plan
from applier.plan.input_digests import KEY_SIZE, LEAST_COST, SECRET_COST, InputDigests
from applier.plan.options import PlanOptions
from applier.plan.records import WrongRecord, from_record, from_records, member_of, members_of
from applier.plan.saved_inputs import SavedInputs
from applier.saving import write_file
from applier.spec.documents.json_text import NotJson, WrongFile, decode_json
from applier.system import describe_os_error, is_file, path_text

FORMAT = "applier-plan"
FORMAT_VERSION = 2
FORMAT_MEMBER = re.compile(r'"format"\s*:\s*"applier-plan"')
KEY = re.compile(rf"[0-9a-f]{{{2 * KEY_SIZE}}}")
CAUSES = frozenset({"", *Cause})
COSTS = frozenset(1 << power for power in range(LEAST_COST.bit_length() - 1, SECRET_COST.bit_length()))

Record = Mapping[str, object]
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


class NotAPlan(WrongFile):
    """The file is not a plan that this version of applier can read."""


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
        document = dict(members_of(decode_json(path.read_bytes()), ""))
        _check_origin(document, Place(path_text(path)))
        if document.pop("seal", None) != _seal(document):
            raise NotAPlan(f"{path_text(path)} was modified after it was saved.", Place(path_text(path)))
        return _to_saved_plan(document)
    except OSError as error:
        raise NotAPlan(f"Cannot read {path_text(path)} as a saved plan: {describe_os_error(error)}.") from None
    except NotJson as error:
        raise NotAPlan(f"Cannot read {path_text(path)} as a saved plan: {error}.", error.place(path)) from None
    except WrongRecord as error:
        raise NotAPlan(f"Cannot read {path_text(path)} as a saved plan: {error}.", Place(path_text(path))) from None


def _check_origin(document: Record, place: Place) -> None:
    """Raise `NotAPlan` for a plan of another version, and `WrongRecord` without one."""
    made_by, version = (member_of(document, one) for one in ("applier", "format_version"))
    if made_by == __version__ and version == FORMAT_VERSION:
        return
    if not isinstance(made_by, str) or type(version) is not int:
        raise WrongRecord("it does not tell the version of applier that made it")
    raise NotAPlan(
        f"The plan was made by applier {made_by} with format {version}, but this is applier {__version__} with format "
        f"{FORMAT_VERSION}.",
        place,
    )


def _to_saved_plan(document: Record) -> SavedPlan:
    """Return the plan of a document. Raises `WrongRecord`."""
    members = {name: member_of(document, name) for name in ("changes", "unchanged", "change_digests")}
    plan = from_record(Plan, {name: members[name] for name in ("changes", "unchanged")})
    for index, one in enumerate(plan.changes):
        if one.kind not in KINDS:
            raise WrongRecord(f"changes[{index}].kind is none of {', '.join(KINDS)}")
        if not {one.cause, *(field.cause for field in one.fields)} <= CAUSES:
            raise WrongRecord(f"a cause in changes[{index}] is none of {', '.join(Cause)}")
    digests = from_records(ChangeDigest, members["change_digests"], "change_digests")
    if len(digests) != len(plan.changes):
        raise WrongRecord("change_digests has not one digest for each change")
    inputs = from_record(InputDigests, member_of(document, "digests"), "digests")
    if not KEY.fullmatch(inputs.key):
        raise WrongRecord("digests.key is not hexadecimal")
    if inputs.cost not in COSTS:
        raise WrongRecord("digests.cost is not a cost of digests")
    return SavedPlan(
        plan,
        from_record(Circumstances, member_of(document, "circumstances"), "circumstances"),
        from_record(PlanOptions, member_of(document, "options"), "options"),
        from_record(SavedInputs, member_of(document, "inputs"), "inputs"),
        inputs,
        digests,
    )
