"""A sync: fields matched by name, a mode that is offered and works with them, an identity where it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from applier.checks.context import CheckContext, ModelFields, model_fields
from applier.checks.targets import CREATING
from applier.diagnostics import Diagnostic, diagnose
from applier.diagnostics.suggestions import bare_word, join_words, suggest
from applier.discovery.model import Mode, NoTarget, Target, TargetField
from applier.resources import address_of
from applier.scaffold.matching import Match, match_fields
from applier.scaffold.text import Made, comment, no_connection, nothing, quoted

PREFERRED = ("updateOrCreate", "replace", "append", "create", "update")
KEYS = ("id", "email", "key", "uuid", "externalid")
SHOWN = 20  # unmatched fields of the target
INDENT = "      "


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sync is to do. Without a name it gets one that is free."""

    model: str
    connection: str
    object_id: str
    mode: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was decided: the mode, the fields that are mapped, and the one that recognises records."""

    mode: Mode
    mapped: Mapping[str, Match]
    identity: Match | None
    unsure: Mapping[str, Match]
    missing: tuple[TargetField, ...]


def sync(world: CheckContext, wish: Wish) -> Made | Diagnostic:
    """A whole sync as YAML."""
    fields = model_fields(world, wish.model)
    if not isinstance(fields, ModelFields):
        hint = "name a live model, or give the PATH of the spec that declares it over a live connection"
        return nothing(f'The fields of the model "{wish.model}" are not known.', _near_model(world, wish.model) or hint)
    target = world.offers.target(wish.connection, wish.object_id)
    if not isinstance(target, Target):
        offered = target.offered if isinstance(target, NoTarget) else ()
        hint = suggest(wish.object_id, offered) or f"there are: {join_words(offered)}"
        said = f'The connection "{wish.connection}" has no "{wish.object_id}" to write to.'
        return no_connection(world, wish.connection) or nothing(said, hint)
    if wish.mode and target.modes and wish.mode not in target.modes:
        said = f'"{wish.object_id}" does not offer the mode "{wish.mode}".'
        return nothing(said, suggest(wish.mode, target.modes) or f"it offers: {join_words(target.modes)}")
    draft = _draft(wish, fields, target)
    text = "\n".join(_lines(wish, _name(world, wish), fields, target, draft)) + "\n"
    return Made(text, tuple(_lacks(draft, target)))


def _near_model(world: CheckContext, name: str) -> str | None:
    known = [one.resource.name for one in world.forms.values() if one.resource.kind == "models"]
    known += [one.name for one in world.snapshot.of_kind("models")]
    return None if name in known else suggest(name, known)


def _name(world: CheckContext, wish: Wish) -> str:
    """That of the wish, or one that is free; the connection tells targets of one name apart."""
    name = f"{wish.model} to {wish.object_id}"
    address = address_of("syncs", name)
    taken = address in world.forms or bool(world.snapshot.at(address))
    return wish.name or (f"{wish.model} to {wish.connection} {wish.object_id}" if taken else name)


def _draft(wish: Wish, fields: ModelFields, target: Target) -> Draft:
    pairs = match_fields(fields.exposed, target.fields or {})
    if not pairs and target.has("supports_field_creation") and target.has("optional_target_mappings"):
        pairs = _made_up(fields, target)
    sure = {name: one for name, one in pairs.items() if one.is_sure}
    identity = _identity(sure)
    mode = _mode(wish.mode, target, sure, identity)
    key = identity if mode.requires_identity else None
    mapped = {name: one for name, one in sure.items() if one is not key and _writable(one.target, mode)}
    unsure = {name: one for name, one in pairs.items() if not one.is_sure and _writable(one.target, mode)}
    return Draft(mode, mapped, key, unsure, _missing(target, sure, mode))


def _made_up(fields: ModelFields, target: Target) -> dict[str, Match]:
    """Everything as a new field, for a target that has none of its own but the one that recognises records."""
    able = [one for one in (target.fields or {}).values() if one.identity]
    keys = [one for one in fields.exposed.values() if bare_word(one.name) in KEYS or bare_word(one.name).endswith("id")]
    pairs = {able[0].id: Match(keys[0], able[0])} if able and keys else {}
    used = {one.source.name for one in pairs.values()}
    return pairs | {name: Match(one, TargetField(name)) for name, one in fields.exposed.items() if name not in used}


def _identity(sure: Mapping[str, Match]) -> Match | None:
    """The matched field by which records are recognised best: one called like a key, else the first.

    A name that is only similar is good enough for an address or a key that comes from elsewhere; ids that the target
    gives itself are hardly those of the model.
    """
    able = [one for one in sure.values() if one.target.identity and one.target.createable is not False]
    able = [one for one in able if not one.similar or bare_word(one.target.id) in KEYS[1:]]
    ranked = sorted(
        able, key=lambda one: KEYS.index(bare_word(one.target.id)) if bare_word(one.target.id) in KEYS else len(KEYS)
    )
    return ranked[0] if ranked else None


def _mode(wanted: str | None, target: Target, sure: Mapping[str, Match], identity: Match | None) -> Mode:
    """The mode that is asked for, else the most usual one that works with what was matched, else the most usual."""
    offered = target.modes or {}
    if wanted:
        return offered.get(wanted, Mode(wanted))
    usual = [offered[one] for one in dict.fromkeys((*PREFERRED, *offered)) if one in offered]
    able = [one for one in usual if identity is not None or not one.requires_identity]
    whole = [one for one in able if not _missing(target, sure, one)]
    return next(iter([*whole, *able, *usual]), Mode("updateOrCreate"))


def _missing(target: Target, sure: Mapping[str, Match], mode: Mode) -> tuple[TargetField, ...]:
    """The fields that new records need and nothing was matched with."""
    if mode.name not in CREATING:
        return ()
    known = (target.fields or {}).values()
    return tuple(one for one in known if one.required and one.createable is not False and one.id not in sure)


def _writable(one: TargetField, mode: Mode) -> bool:
    if mode.name == "update":
        return one.updateable is not False
    if mode.name == "updateOrCreate":
        return not (one.createable is False and one.updateable is False)
    return one.createable is not False


def _lines(wish: Wish, name: str, fields: ModelFields, target: Target, draft: Draft) -> Iterator[str]:
    yield "syncs:"
    yield f"  {quoted(name)}:"
    yield f"    mode: {draft.mode.name}"
    yield f"    model: {quoted(wish.model)}"
    yield f"    target: {{connection: {quoted(wish.connection)}, object: {quoted(wish.object_id)}}}"
    if draft.identity:
        functions = draft.identity.target.identity_functions
        by = f", function: {functions[0]}" if functions and "Equality" not in functions else ""
        key, onto = quoted(draft.identity.source.name), quoted(draft.identity.target.id)
        yield f"    identity: {{field: {key}, target: {onto}{by}}}{_told(draft.identity)}"
    elif draft.mode.requires_identity:
        yield "    # identity: {field: …, target: …}   needed; no field that can be one has a match"
    yield "    fields:" + ("" if draft.mapped else " {}")
    for one in draft.mapped.values():
        new = one.target.id not in (target.fields or {})
        value = f"{{field: {quoted(one.source.name)}, new: true}}" if new else quoted(one.source.name)
        yield f"{INDENT}{quoted(one.target.id)}: {value}{_told(one)}"
    yield from _unmatched(wish, fields, target, draft)
    yield "    schedule: {frequency: manual}"
    yield "    active: true"


def _told(one: Match) -> str:
    doubts = [*(["a similar name"] if one.similar else []), *([one.doubt] if one.doubt else [])]
    return f"  # {'; '.join(doubts)}" if doubts else ""


def _unmatched(wish: Wish, fields: ModelFields, target: Target, draft: Draft) -> Iterator[str]:
    """As comments what may be refused, then what nothing fits, required fields first; then what the model has left."""
    for match in draft.unsure.values():
        yield f"{INDENT}# {quoted(match.target.id)}: {quoted(match.source.name)}{_told(match)}"
    done = {*draft.mapped, *draft.unsure, *([draft.identity.target.id] if draft.identity else [])}
    left = [one for one in (target.fields or {}).values() if one.id not in done and _writable(one, draft.mode)]
    left.sort(key=lambda one: one not in draft.missing)
    for one in left[: max(SHOWN, len(draft.missing))]:
        note = "required; " if one in draft.missing else ""
        yield f"{INDENT}# {quoted(one.id)}: …   {note}{one.type}"
    if (more := len(left) - max(SHOWN, len(draft.missing))) > 0:
        yield f'{INDENT}# and {more} more: applier inspect fields "{wish.connection}" "{wish.object_id}"'
    used = {match.source.name for match in (*draft.mapped.values(), *draft.unsure.values(), draft.identity) if match}
    unused = [name for name in fields.exposed if name not in used]
    if unused:
        yield from comment(f"not used of the model: {', '.join(unused)}", INDENT)


def _lacks(draft: Draft, target: Target) -> Iterator[Diagnostic]:
    """What has to be written before the sync can run."""
    needs = [f"a value for {join_words(one.id for one in draft.missing)}"] if draft.missing else []
    if draft.mode.requires_identity and draft.identity is None:
        needs.insert(0, "an identity")
    free = target.has("mappings_not_required") or target.has("optional_target_mappings")
    if not draft.mapped and not free and not draft.missing:
        needs.append("a mapped field")
    if needs:
        said = (
            f'The sync is not complete: "{target.called}" needs {" and ".join(needs)}, which nothing in the model fits.'
        )
        hint = "write it into the lines that are commented out, or choose another model or target"
        yield diagnose("incomplete-scaffold", said, None, hint)
