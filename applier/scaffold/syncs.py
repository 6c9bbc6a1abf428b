"""Scaffolds a sync with matched fields, as YAML with comments for what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applier.checks.context import CheckContext
from applier.checks.model_fields import ModelFields, model_fields
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import join_words, suggest
from applier.discovery.hints import suggest_or_list
from applier.discovery.offerings import MissingTarget, Target
from applier.kinds.model.kind import MODELS
from applier.kinds.sync.kind import SYNCS
from applier.scaffold.draft import Draft, draft_sync, is_writable
from applier.scaffold.matching import Match
from applier.scaffold.text import Scaffold, comment, explain_connection, nothing_to_scaffold
from applier.spec.documents.write import scalar
from applier.spec.resources import address_of
from applier.system import quote_arguments

MOST_LISTED = 20  # unmatched fields of the target
INDENT = "      "


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """The sync to scaffold. Without a mode or a name the scaffold chooses one."""

    model: str
    connection: str
    object_id: str
    mode: str | None
    name: str | None


def sync(context: CheckContext, request: SyncRequest) -> Scaffold | Diagnostic:
    """Return a sync with its problems, or why there is none."""
    fields = model_fields(context, request.model)
    if not isinstance(fields, ModelFields):
        return _unknown_model(context, request.model)
    target = context.catalog.targets.find(request.connection, request.object_id)
    if not isinstance(target, Target):
        offered = target.offered if isinstance(target, MissingTarget) else ()
        detail = f'The connection "{request.connection}" has no object "{request.object_id}".'
        reason = explain_connection(context, request.connection)
        return reason or nothing_to_scaffold(detail, suggest_or_list(request.object_id, offered))
    if request.mode and target.modes and request.mode not in target.modes:
        detail = f'The target "{request.object_id}" does not offer the mode "{request.mode}".'
        return nothing_to_scaffold(detail, suggest_or_list(request.mode, target.modes))
    draft = draft_sync(fields, target, request.mode)
    lines = _format_sync(request, _choose_name(context, request), fields, target, draft)
    return Scaffold("\n".join(lines) + "\n", tuple(_find_problems(draft, target)))


def _unknown_model(context: CheckContext, name: str) -> Diagnostic:
    known = [one.resource.name for one in context.declared.values() if one.resource.kind == MODELS.name]
    known += [one.name for one in context.snapshot.of_kind(MODELS.name)]
    hint = "name a live model, or pass the PATH of the spec that declares it over a live connection"
    detail = f'The fields of the model "{name}" are not known.'
    return nothing_to_scaffold(detail, (None if name in known else suggest(name, known)) or hint)


def _choose_name(context: CheckContext, request: SyncRequest) -> str:
    """Return the requested name, else one that is free: with the connection where another target has the name."""
    if request.name:
        return request.name
    name = f"{request.model} to {request.object_id}"
    address = address_of(SYNCS.name, name)
    is_taken = address in context.declared or bool(context.snapshot.at(address))
    return f"{request.model} to {request.connection} {request.object_id}" if is_taken else name


def _format_sync(request: SyncRequest, name: str, fields: ModelFields, target: Target, draft: Draft) -> Iterator[str]:
    yield f"{SYNCS.name}:"
    yield f"  {scalar(name)}:"
    yield f"    mode: {draft.mode.name}"
    yield f"    model: {scalar(request.model)}"
    yield f"    target: {{connection: {scalar(request.connection)}, object: {scalar(request.object_id)}}}"
    yield from _format_identity(draft)
    yield "    fields:" + ("" if draft.mapped else " {}")
    for match in draft.mapped.values():
        is_new = match.target.id not in (target.fields or {})
        source = scalar(match.source.name)
        value = f"{{field: {source}, new: true}}" if is_new else source
        yield f"{INDENT}{scalar(match.target.id)}: {value}{_format_doubts(match)}"
    yield from _format_unmatched(request, target, draft)
    used = {one.source.name for one in (*draft.mapped.values(), *draft.unsure.values(), draft.identity) if one}
    unused = [name for name in fields.exposed if name not in used]
    if unused:
        yield from comment(f"unused fields of the model: {', '.join(unused)}", INDENT)
    yield "    schedule: {frequency: manual}"
    yield "    active: true"


def _format_identity(draft: Draft) -> Iterator[str]:
    if draft.identity:
        functions = draft.identity.target.identity_functions
        function = f", function: {functions[0]}" if functions and "Equality" not in functions else ""
        source, target = scalar(draft.identity.source.name), scalar(draft.identity.target.id)
        yield f"    identity: {{field: {source}, target: {target}{function}}}{_format_doubts(draft.identity)}"
    elif draft.lacks_identity:
        yield "    # identity: {field: …, target: …}   required; no field matches"


def _format_doubts(match: Match) -> str:
    doubts = [*(["similar name"] if match.similar else []), *([match.doubt] if match.doubt else [])]
    return f"  # {'; '.join(doubts)}" if doubts else ""


def _format_unmatched(request: SyncRequest, target: Target, draft: Draft) -> Iterator[str]:
    """Return as comments the matches that may fail, then the fields without a match, required ones first."""
    for match in draft.unsure.values():
        yield f"{INDENT}# {scalar(match.target.id)}: {scalar(match.source.name)}{_format_doubts(match)}"
    matched = {*draft.mapped, *draft.unsure, *([draft.identity.target.id] if draft.identity else [])}
    left = [one for one in (target.fields or {}).values() if one.id not in matched and is_writable(one, draft.mode)]
    left.sort(key=lambda one: one not in draft.missing)
    most = max(MOST_LISTED, len(draft.missing))
    for field in left[:most]:
        note = "required; " if field in draft.missing else ""
        yield f"{INDENT}# {scalar(field.id)}: …   {note}{field.type}"
    if len(left) > most:
        command = f"applier inspect fields {quote_arguments(request.connection, request.object_id)}"
        yield f"{INDENT}# and {len(left) - most} more: {command}"


def _find_problems(draft: Draft, target: Target) -> Iterator[Diagnostic]:
    """Return what is missing before the sync can run."""
    missing = ["an identity"] if draft.lacks_identity else []
    missing += [f"a value for {join_words(one.id for one in draft.missing)}"] if draft.missing else []
    if not draft.mapped and not draft.missing and not target.needs_no_mappings():
        missing.append("a mapped field")
    if missing:
        needs = " and ".join(missing)
        detail = f"The sync is incomplete: {target.label} requires {needs}, and no field of the model matches."
        hint = "complete the lines that are comments, or choose another model or target"
        yield diagnose("incomplete-scaffold", detail, None, hint)
