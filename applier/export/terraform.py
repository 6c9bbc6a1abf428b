"""Reads Terraform states (`terraform show -json`) as what the API would answer about the same objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from applier.export.terraform_provider import BULK_SYNC, BULK_SYNC_SCHEMA, PREFIX, add_schema, decode_resource, kind_of
from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Kind, mapping, sequence, text
from applier.kinds.references import mentions_in
from applier.spec.documents.json_text import decode_json
from applier.spec.documents.scalars import parse_foreign_json

Answer = tuple[Kind, ApiObject]
Key = tuple[str, str]
"""Kind and id of an object."""

StateResource = Mapping[str, object]
"""One resource of a state."""


class NotAState(Exception):
    """The file does not hold what `terraform show -json` prints; `str()` says why."""


@dataclass(frozen=True, slots=True)
class State:
    """What states hold.

    `unmanaged` has the bodies that declare objects which are only referred to: by data sources, or by their ids alone
    (`outside`). `unsupported` are the addresses of resources that have no kind, `without_field_names` those of syncs
    with conditions on fields that only have an id. `organizations` are the ids of the organizations of all objects.
    """

    entries: tuple[Answer, ...]
    unmanaged: Mapping[Key, Mapping[str, object]] = field(default_factory=dict)
    outside: tuple[Key, ...] = ()
    unsupported: tuple[str, ...] = ()
    without_field_names: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


def resources_of(data: bytes) -> list[StateResource]:
    """Return the resources of one state, those of its modules included. Raises `NotAState` and `NotJson`."""
    document = decode_json(data, parse_foreign_json)
    root = mapping(mapping(mapping(document).get("values")).get("root_module"))
    if not root:
        raise NotAState("it has no values.root_module")
    return list(_module_resources(root))


def _module_resources(module: Mapping[str, object]) -> Iterator[StateResource]:
    yield from map(mapping, sequence(module.get("resources")))
    for child in sequence(module.get("child_modules")):
        yield from _module_resources(mapping(child))


def state_of(resources: Iterable[StateResource]) -> State:
    """Return what the resources of one or several states hold together."""
    # Managed resources come first: a data source of the same object adds nothing to them.
    resources = sorted(resources, key=_is_data_source)
    objects: dict[Key, Answer] = {}
    unmanaged: dict[Key, Mapping[str, object]] = {}
    unsupported: list[str] = []
    without_field_names: list[str] = []
    for one in resources:
        answer = decode_resource(text(one.get("type")), mapping(one.get("values")))
        if answer is None:
            unsupported += [text(one.get("address"))] if _is_unsupported(one) else []
            continue
        kind, members = answer
        key = (kind.name, text(members.get("id")))
        if key in objects:
            continue
        objects[key] = answer
        if _is_data_source(one):
            unmanaged[key] = _declare_data_source(members)
        if _lacks_field_names(members):
            without_field_names.append(text(one.get("address")))
    unsupported += _add_schemas(objects, resources)
    organizations = {text(answer.get("organization")) for _, answer in objects.values()} - {""}
    outside = tuple(dict.fromkeys(_outside(objects)))
    objects |= {key: _outside_object(*key) for key in outside}
    unmanaged |= {key: {"managed": False, "id": key[1]} for key in outside}
    return State(
        tuple(objects.values()),
        unmanaged,
        outside,
        tuple(unsupported),
        tuple(without_field_names),
        tuple(sorted(organizations)),
    )


def _is_data_source(resource: StateResource) -> bool:
    return resource.get("mode") == "data"


def _is_unsupported(resource: StateResource) -> bool:
    type_name = text(resource.get("type"))
    return type_name.startswith(PREFIX) and type_name != BULK_SYNC_SCHEMA and not _is_data_source(resource)


def _declare_data_source(answer: ApiObject) -> dict[str, object]:
    """Return the body that declares the object of a data source.

    Data sources find roles by their names in any case, so that only the id is certain.
    """
    type_id = mapping(answer.get("type")).get("id")
    return {"type": type_id, "managed": False} if type_id else {"managed": False, "id": answer.get("id")}


def _add_schemas(objects: dict[Key, Answer], resources: Iterable[StateResource]) -> Iterator[str]:
    """Add the schemas that older versions keep apart to their bulk syncs, and yield the addresses without one."""
    for one in resources:
        if one.get("type") == BULK_SYNC_SCHEMA and not _is_data_source(one):
            values = mapping(one.get("values"))
            key = (kind_of(BULK_SYNC).name, text(values.get("sync_id")))
            if key in objects:
                kind, answer = objects[key]
                objects[key] = kind, add_schema(answer, values)
            else:
                yield text(one.get("address"))


def _outside(objects: Mapping[Key, Answer]) -> Iterator[Key]:
    """Yield what objects refer to that none of the states holds."""
    for kind, answer in objects.values():
        for mention in mentions_in(kind, kind.from_api(answer)):
            if (mention.kind, mention.name) not in objects:
                yield mention.kind, mention.name


def _outside_object(kind: str, identifier: str) -> Answer:
    """Return an object of which only the id is known, which stands for its name as well."""
    return KINDS[kind], {"id": identifier, KINDS[kind].named_by: identifier}


def _lacks_field_names(answer: ApiObject) -> bool:
    """Return whether a condition identifies its field only by an id of the service, in place of a name."""
    conditions = [mapping(one) for name in ("filters", "overrides") for one in sequence(answer.get(name))]
    return any(
        one.get("field_type") != "Target" and "field_id" in one and one.get("field") == one["field_id"]
        for one in conditions
    )
