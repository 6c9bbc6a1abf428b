"""Terraform states (`terraform show -json`) as what the service would answer about the same objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from applier.export.terraform_provider import CONNECTION, answer_of, with_schema
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, mapping, sequence, text
from applier.kinds.references import mentions_in

Entry = tuple[Kind, ApiObject]
Key = tuple[str, str]  # kind and id
Resource = Mapping[str, object]
SCHEMA = "polytomic_bulk_sync_schema"


class NotAState(Exception):
    """The file does not hold what `terraform show -json` prints."""


@dataclass(frozen=True, slots=True)
class State:
    """What states hold.

    `besides` are the objects that are only referred to, with how to declare them: by their data sources, or by their
    ids alone (`outside`). `left` are addresses of resources that a spec has no word for, `vague` those of syncs with
    conditions on fields that only have an id, `organizations` the ids of the organizations of it all.
    """

    entries: tuple[Entry, ...]
    besides: Mapping[Key, Mapping[str, object]] = field(default_factory=dict)
    outside: tuple[Key, ...] = ()
    left: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


def resources_of(data: bytes) -> list[Resource]:
    """The resources of one state, those of its modules too. Raises `NotAState`."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise NotAState("it is not JSON") from None
    root = mapping(mapping(mapping(document).get("values")).get("root_module"))
    if not root:
        raise NotAState("it has no values.root_module")
    return list(_resources(root))


def _resources(module: Mapping[str, object]) -> Iterator[Resource]:
    yield from map(mapping, sequence(module.get("resources")))
    for child in sequence(module.get("child_modules")):
        yield from _resources(mapping(child))


def state_of(resources: Iterable[Resource]) -> State:
    """What the resources of one or several states say together."""
    resources = sorted(resources, key=_is_data)  # what is managed goes first
    found: dict[Key, Entry] = {}
    besides: dict[Key, Mapping[str, object]] = {}
    left: list[str] = []
    vague: list[str] = []
    for resource in resources:
        type_name, values = text(resource.get("type")), mapping(resource.get("values"))
        entry = answer_of(type_name, values)
        if _is_data(resource):
            entry = entry if CONNECTION.fullmatch(type_name) else None
        elif type_name.startswith("polytomic_") and type_name != SCHEMA and (entry is None or not entry[0].writable):
            left.append(text(resource.get("address")))
        if entry is None or (key := (entry[0].name, text(entry[1].get("id")))) in found:
            continue
        found[key] = entry
        if _is_data(resource):
            besides[key] = {"type": mapping(entry[1]["type"])["id"], "managed": False}
        vague += [text(resource.get("address"))] if _is_vague(entry[1]) else []
    left += _schemas_into(found, resources)
    organizations = {text(answer.get("organization")) for _, answer in found.values()} - {""}
    outside = tuple(dict.fromkeys(_outside(found)))
    found |= {key: (KINDS[key[0]], {"id": key[1], "name": key[1]}) for key in outside}
    besides |= {key: {"managed": False, "id": key[1]} for key in outside}
    return State(tuple(found.values()), besides, outside, tuple(left), tuple(vague), tuple(sorted(organizations)))


def _is_data(resource: Resource) -> bool:
    return resource.get("mode") == "data"


def _schemas_into(found: dict[Key, Entry], resources: Iterable[Resource]) -> Iterator[str]:
    """Older versions keep the schemas of a bulk sync apart; yields the addresses of those whose sync is not there."""
    for resource in resources:
        if resource.get("type") == SCHEMA and not _is_data(resource):
            values = mapping(resource.get("values"))
            key = ("bulk_syncs", text(values.get("sync_id")))
            if key in found:
                found[key] = (found[key][0], with_schema(found[key][1], values))
            else:
                yield text(resource.get("address"))


def _outside(found: Mapping[Key, Entry]) -> Iterator[Key]:
    """What is referred to, but in none of the states."""
    for kind, answer in found.values():
        for use in mentions_in(kind, kind.from_api(answer)):
            if KINDS[use.kind].writable and (use.kind, use.name) not in found:
                yield use.kind, use.name


def _is_vague(answer: ApiObject) -> bool:
    """True with a condition whose field is told by an id of the service: a state has no name for it."""
    conditions = [mapping(one) for name in ("filters", "overrides") for one in sequence(answer.get(name))]
    return any(one.get("field_type") != "Target" and one["field"] == one.get("field_id") for one in conditions)
