"""Models and syncs to start from: fields matched by name, a mode that is offered, an identity where it is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from applier.checks.drilling import Level
from applier.checks.live import LiveOffers
from applier.checks.nearness import bare, listed, meant, nearest
from applier.checks.offers import Mode, NoTarget, SourceField, State, Target, TargetField
from applier.checks.targets import CREATING
from applier.checks.types import misfit
from applier.checks.worlds import ModelFields, World, model_fields
from applier.diagnostics import Diagnostic

PREFERRED = ("updateOrCreate", "replace", "append", "create", "update")
KEYS = ("id", "email", "key", "uuid", "externalid")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sync is to do."""

    model: str
    connection: str
    object_id: str
    mode: str | None
    name: str


def models(offers: LiveOffers, connection: str, glob: str) -> str | Diagnostic:
    """A model for everything that can be chosen at the first level and needs nothing deeper, or a deeper one."""
    found = [one for one in _choices(offers, connection, {}) if fnmatchcase(".".join(one.values()), glob)]
    if not found:
        said = f'The connection "{connection}" lists nothing that fits "{glob}".'
        return Diagnostic("nothing-to-scaffold", "nothing to make something of", said, hint="applier inspect source")
    lines = ["models:"]
    for one in found:
        lines += [f"  {_text('.'.join(one.values()))}:", f"    connection: {_text(connection)}", "    configuration:"]
        lines += [f"      {name}: {_text(value)}" for name, value in one.items()]
    return "\n".join(lines) + "\n"


def _choices(offers: LiveOffers, connection: str, made: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Every way down to a source, by the values that are listed."""
    level = offers.level(connection, dict(made))
    if not isinstance(level, Level):
        return
    for name, item in level.items.items():
        if name in made or (name not in level.needed and not made):
            continue
        for value in item.values:
            chosen = {**made, name: value}
            if item.needed:
                yield from _choices(offers, connection, chosen)
            else:
                yield chosen


def sync(world: World, wish: Wish) -> str | Diagnostic:
    """A whole sync as YAML."""
    fields = model_fields(world, wish.model)
    if isinstance(fields, State):
        said = f'The fields of the model "{wish.model}" are not known.'
        hint = "name a live model, or give the PATH of the spec that declares it over a live connection"
        return Diagnostic("nothing-to-scaffold", "nothing to make something of", said, hint=hint)
    target = world.offers.target(wish.connection, wish.object_id)
    if not isinstance(target, Target):
        said = f'The connection "{wish.connection}" has no "{wish.object_id}".'
        offered = target.offered if isinstance(target, NoTarget) else ()
        hint = meant(wish.object_id, offered) or f"there are: {listed(offered)}"
        return Diagnostic("nothing-to-scaffold", "nothing to make something of", said, hint=hint)
    return "\n".join(_sync_lines(wish, fields, target)) + "\n"


def _sync_lines(wish: Wish, fields: ModelFields, target: Target) -> Iterator[str]:
    pairs = matched(fields.exposed, target.fields or {})
    mode = _mode(wish.mode, target, pairs)
    identity = _identity(pairs, target) if mode.requires_identity else None
    yield "syncs:"
    yield f"  {_text(wish.name)}:"
    yield f"    mode: {mode.name}"
    yield f"    model: {_text(wish.model)}"
    yield f"    target: {{connection: {_text(wish.connection)}, object: {_text(wish.object_id)}}}"
    if identity:
        function = (target.fields or {})[identity].identity_functions[:1]
        by = f", function: {function[0]}" if function and "Equality" not in _functions(target, identity) else ""
        yield f"    identity: {{field: {_text(pairs[identity])}, target: {_text(identity)}{by}}}"
    elif mode.requires_identity:
        yield "    # identity: {field: …, target: …}   needed; no field that can be one has a match"
    yield "    fields:" + ("" if any(_mapped(target, pairs, mode, identity)) else " {}")
    for name in _mapped(target, pairs, mode, identity):
        yield f"      {_text(name)}: {_text(pairs[name])}{_warning(fields.exposed[pairs[name]], target, name)}"
    yield from _unmatched(fields, target, pairs, mode)
    yield "    schedule: {frequency: manual}"
    yield "    active: true"


def _functions(target: Target, name: str) -> tuple[str, ...]:
    return (target.fields or {})[name].identity_functions


def _mapped(target: Target, pairs: Mapping[str, str], mode: Mode, identity: str | None) -> list[str]:
    return [name for name in pairs if name != identity and _writable((target.fields or {})[name], mode)]


def _writable(one: TargetField, mode: Mode) -> bool:
    if mode.name == "update":
        return one.updateable is not False
    if mode.name == "updateOrCreate":
        return not (one.createable is False and one.updateable is False)
    return one.createable is not False


def _warning(source: SourceField, target: Target, name: str) -> str:
    broken = misfit(source, (target.fields or {})[name])
    return f"  # {broken[1]}" if broken else ""


def _unmatched(fields: ModelFields, target: Target, pairs: Mapping[str, str], mode: Mode) -> Iterator[str]:
    """What nothing fits, as comments: required fields first; then what the model has left."""
    left = [one for one in (target.fields or {}).values() if one.id not in pairs and _writable(one, mode)]
    for one in sorted(left, key=lambda each: not each.required):
        note = "required; " if one.required and mode.name in CREATING else ""
        yield f"      # {_text(one.id)}: …   {note}{one.type}"
    unused = [name for name in fields.exposed if name not in pairs.values()]
    if unused:
        yield f"      # not used of the model: {', '.join(unused)}"


def _mode(wanted: str | None, target: Target, pairs: Mapping[str, str]) -> Mode:
    """The mode that is asked for, else the most usual one that is offered and for which there is an identity."""
    offered = target.modes or {}
    if wanted:
        return offered.get(wanted, Mode(wanted))
    able = _identity(pairs, target) is not None
    names = [one for one in (*PREFERRED, *offered) if one in offered and (able or not offered[one].requires_identity)]
    return offered[names[0]] if names else next(iter(offered.values()), Mode("updateOrCreate"))


def _identity(pairs: Mapping[str, str], target: Target) -> str | None:
    """The matched field by which records are recognised best: one called like a key, else the first."""
    able = [name for name in pairs if (target.fields or {})[name].identity]
    ranked = sorted(able, key=lambda name: KEYS.index(bare(name)) if bare(name) in KEYS else len(KEYS))
    return ranked[0] if ranked else None


def matched(source: Mapping[str, SourceField], target: Mapping[str, TargetField]) -> dict[str, str]:
    """Target fields with the source field of the same name: exact, without case, without separators, similar.

    Every source field is used once; what can never fit by its type is no match.
    """
    pairs: dict[str, str] = {}
    for same in (str, str.casefold, bare):
        for name in target:
            twin = next((one for one in source if same(one) == same(name) and one not in pairs.values()), None)
            if name not in pairs and twin is not None and _fits(source[twin], target[name]):
                pairs[name] = twin
    for name in target:
        left = [one for one in source if one not in pairs.values() and _fits(source[one], target[name])]
        if name not in pairs and (near := nearest(name, left)) is not None:
            pairs[name] = near
    return {name: pairs[name] for name in target if name in pairs}


def _fits(source: SourceField, target: TargetField) -> bool:
    broken = misfit(source, target)
    return broken is None or broken[0] != "impossible-type"


def _text(word: str) -> str:
    """A text as YAML: bare where nothing in it could mean something else."""
    plain = word.replace(" ", "a").replace("_", "a").replace(".", "a").replace("-", "a")
    return (
        word if plain.isalnum() and plain[0].isalpha() and word[-1] != " " and not _is_word(word) else json.dumps(word)
    )


def _is_word(word: str) -> bool:
    return word.casefold() in ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
