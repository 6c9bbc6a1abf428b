"""What a kind of resource is: one row of facts and functions that the rest of applier asks instead of kind names.

Both sides of a comparison are brought into one *canonical form*: a nested mapping in the words of the spec, where
absent means the API's default (so `null`, `""`, `[]` and an unset member are all absent) and other resources are
referred to by name. `from_spec` makes it of a spec body, `from_api` of an answer (with ids, which the snapshot turns
into names by the references), `to_api` makes a request body of it (again with ids), and `normalize` turns it into what
is compared: lists without order become mappings by key, texts that mean the same become the same. `to_spec` turns a
live one (and its answer, for what it does not say) into a body as a person would have written it, in the words of the
body that is there already, if there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as Folder
from types import MappingProxyType

from applier.diagnostics import Diagnostic
from applier.kinds.endpoints import Executions, OnlyIn, SubResources, ToggleEndpoint, VersionAdapter
from applier.kinds.export_rules import NO_RULES, ExportRules
from applier.kinds.field_table import Field, FieldClass
from applier.kinds.secret_members import hide_members, literal_secrets
from applier.secrets import reveal_text
from applier.secrets.positions import matches
from applier.secrets.urls import hide_urls
from applier.spec.kinds import Body, Declaration, Reference
from applier.spec.resources import Path, Pattern, canonical_name
from applier.spec.schema.files import Schema
from applier.spec.schema.lookup import references_in

Canonical = dict[str, object]
ApiObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SystemObjects:
    """The service's own objects of a kind, which answer `system: true` and cannot be renamed or deleted.

    If they are `editable`, the rest of them can be changed. If they are `attached`, the service attaches them to
    objects of other kinds by itself.
    """

    editable: bool
    attached: bool


class SystemAttached(str):
    """The name of something that the service attaches to objects by itself.

    See docs/api/behaviours.md#system-attached-policies.
    """

    __slots__ = ()


def keep_declared(declared: Canonical, _: Canonical) -> Canonical:
    """Return the declared form as it is: nothing to reconcile."""
    return declared


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of facts about one kind of resource, in four groups.

    In a spec: `name` is the key of the section and the first part of addresses, `noun` the word in sentences,
    `definition` the name of its schema in `$defs` of the spec's schema. `offline_checks` returns what the schema cannot
    see. `secrets` are the members that are always secret; `hide_more` hides those that only the body tells to be
    secret. `variants` are mappings whose members depend on one of them: layers with different ones are not merged.
    `known_unmanaged` members may stand in a resource with `managed: false`. `member_schemas` returns the schemas of
    members that the body itself decides. `extend` returns the kind as the files of projects extend it.
    `export_rules` say which members an export writes in a form of their own.

    In comparisons: see the module. `reconcile` is the declared form once a live one is known: values
    that the service added are not differences; they are sent back. `immutable` names the members that no update can
    change, `confidential` those whose texts may be secrets (all else is names, which are shown), `masks` those in which
    the service shows asterisks for secrets. `only_live` are references in answers for which a spec has no member.

    On the wire: `path` is the list endpoint. `is_complete` returns whether a list entry is as good as a single read.
    `named_by` is the member of an answer that names the object; objects of a kind with another
    member than `name` have no name of their own, and the key in the spec is only a label. `deferred` members may
    mention the object itself, or others in a cycle, so that they are written by an update after the create.
    `pending_step` returns what a person still has to do before others can use an object.

    In a workspace: a `singleton` exists at most once. An `is_attachment` kind is attached to its dependents:
    deleting one of its objects never deletes them. `system_objects` describes the service's own objects. A kind that
    is read `on_demand` is listed only if a spec declares or names one of its objects, or for an export. A kind with
    `executions` can be run; the first run after a change of `full_resync_members` processes every record again.
    `list_references` are members of list entries that mention other objects by id.

    See docs/api/behaviours.md#thin-model-lists and docs/api/behaviours.md#light-sync-lists.
    """

    name: str
    noun: str
    definition: str
    path: str
    from_spec: Callable[[Body], Canonical]
    from_api: Callable[[ApiObject], Canonical]
    to_api: Callable[[str, Canonical, ApiObject | None], dict[str, object]]
    normalize: Callable[[Canonical], Canonical]
    to_spec: Callable[[Canonical, ApiObject, Body | None], dict[str, object]]
    fields: tuple[Field, ...]
    is_complete: Callable[[ApiObject], bool] = lambda entry: True
    # In a spec.
    offline_checks: Callable[[Declaration], Iterable[Diagnostic]] = lambda declaration: ()
    secrets: tuple[Pattern, ...] = ()
    hide_more: Callable[[Body], Body] = lambda body: body
    variants: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))
    known_unmanaged: tuple[str, ...] = ()
    member_schemas: Callable[[Body], Mapping[str, Schema]] = lambda body: {}
    extend: Callable[[Collection[Folder]], tuple[Kind, Iterable[Diagnostic]]] | None = None
    export_rules: ExportRules = NO_RULES
    # In comparisons.
    reconcile: Callable[[Canonical, Canonical], Canonical] = keep_declared
    immutable: tuple[str, ...] = ()
    confidential: tuple[Pattern, ...] = ()
    masks: tuple[Pattern, ...] = ()
    only_live: tuple[Reference, ...] = ()
    # On the wire.
    named_by: str = "name"
    toggle: ToggleEndpoint | None = None
    deferred: tuple[str, ...] = ()
    only_in: tuple[OnlyIn, ...] = ()
    version_adapters: Mapping[str, VersionAdapter] = field(default_factory=lambda: MappingProxyType({}))
    sub_resources: SubResources | None = None
    pending_step: Callable[[ApiObject], str] = lambda answer: ""
    # In a workspace.
    singleton: bool = False
    is_attachment: bool = False
    system_objects: SystemObjects | None = None
    on_demand: bool = False
    executions: Executions | None = None
    full_resync_members: tuple[str, ...] = ()
    list_references: tuple[Reference, ...] = ()

    @property
    def runs(self) -> bool:
        """True when objects have executions."""
        return self.executions is not None

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every member that holds the name of another resource: those of the schema, then those of answers alone."""
        return _references(self.definition, self.only_live)

    @property
    def plural(self) -> str:
        """The plural of the noun: `bulk syncs`, `policies`."""
        return self.name.replace("_", " ")

    def count_live(self, number: int) -> str:
        """Return a number of live objects in words: `1 live sync`, `2 live syncs`."""
        return f"{number} live {self.noun if number == 1 else self.plural}"

    @property
    def is_labelled(self) -> bool:
        """True when objects have no name of their own, so that the key in the spec is only a label."""
        return self.named_by != "name"

    def name_in(self, answer: ApiObject) -> str:
        """Return what names an object in an answer, in canonical form."""
        return canonical_name(self.label(text(answer.get(self.named_by))))

    def name_to_send(self, name: str, live: ApiObject | None) -> str:
        """Return the name to send in a write: a live name keeps its Unicode form, since a change of it is no rename."""
        return text(live.get(self.named_by)) if live is not None and self.name_in(live) == name else name

    def label(self, name: str) -> str:
        """Return a name as it is shown: the address that names an object without a name can have a token in it."""
        return hide_urls(reveal_text(name)) if self.is_labelled else name

    def name_when_live(self, name: str, canonical: Mapping[str, object]) -> str:
        """Return what `name_in` will return of an object that is made of a declaration under a name."""
        return canonical_name(self.label(text(canonical.get(self.named_by)))) if self.is_labelled else name

    @property
    def written_after_create(self) -> frozenset[str]:
        """The members that a create does not take, or not in full, so that they are written right after it."""
        toggle = {self.toggle.member} if self.toggle else set()
        return frozenset(toggle | ({self.sub_resources.member} if self.sub_resources else set()))

    @property
    def has_system_objects(self) -> bool:
        """True when some objects of the kind are the service's own."""
        return self.system_objects is not None

    def is_system(self, answer: ApiObject) -> bool:
        """Return whether an object is the service's own, which cannot be renamed or deleted."""
        return self.system_objects is not None and answer.get("system") is True

    def is_read_only(self, answer: ApiObject) -> bool:
        """Return whether an object is the service's own and cannot be changed in any way."""
        return self.system_objects is not None and self.is_system(answer) and not self.system_objects.editable

    def is_system_attached(self, answer: ApiObject) -> bool:
        """Return whether the service attaches an object to objects of other kinds by itself."""
        return self.system_objects is not None and self.is_system(answer) and self.system_objects.attached

    def is_exportable(self, answer: ApiObject) -> bool:
        """Return whether an export takes an object: the service's own objects are there anyway."""
        return not self.is_system(answer)

    def check(self, declaration: Declaration) -> Iterable[Diagnostic]:
        """Return everything that is wrong with a managed resource and that the schema cannot see."""
        return (*self.offline_checks(declaration), *literal_secrets(declaration, self.secrets))

    def hide_secrets(self, body: Body) -> Body:
        """Return a body with every member that is secret as a `Secret`."""
        return hide_members(self.hide_more(body), self.secrets)

    def is_confidential(self, path: Path) -> bool:
        """Return whether the text at a path of a body may be a secret; all else is names, which are shown."""
        steps = tuple(map(str, path))
        return any(matches(one, steps[: len(one)]) for one in self.confidential)

    def with_projects(self, folders: Collection[Folder]) -> tuple[Kind, Iterable[Diagnostic]]:
        """Return the kind as the files in the folders of projects extend it, and what is wrong with those files."""
        return self.extend(folders) if self.extend else (self, ())

    def decode(self, version: str, answer: ApiObject) -> ApiObject:
        """Return an answer of an API version in the form that `from_api` reads."""
        adapter = self.version_adapters.get(version)
        return adapter.decode(answer) if adapter else answer

    def encode(self, version: str, body: dict[str, object]) -> dict[str, object]:
        """Return a body made by `to_api` in the form of an API version."""
        adapter = self.version_adapters.get(version)
        return adapter.encode(body) if adapter else body

    def may_mask(self, path: Pattern) -> bool:
        """Return whether the service shows a mask in place of a secret at a path; elsewhere asterisks are asterisks."""
        return any(matches(one, path[: len(one)]) for one in self.masks)

    def row(self, path: Pattern) -> Field:
        """Return the most specific row of the table for a path; what has no row is owned."""
        fitting = [one for one in self.fields if matches(one.path, path[: len(one.path)])]
        return max(
            fitting, key=lambda one: (len(one.path), -one.path.count("*")), default=Field(path, FieldClass.OWNED)
        )


@cache
def _references(definition: str, only_live: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return (*references_in(definition), *only_live)


def is_blank(value: object) -> bool:
    """Return whether a value stands for "not set" in answers: null, emptiness, false, zero.

    See docs/api/behaviours.md#filled-settings, docs/api/behaviours.md#model-configuration and
    docs/api/behaviours.md#unset-members.
    """
    return value is None or value in ("", [], {}, 0)


def is_unset(value: object) -> bool:
    """Return whether a value is null or an empty text, list or mapping; false and zero are values.

    See docs/api/behaviours.md#empty-values-of-models and docs/api/behaviours.md#unset-members.
    """
    return value is None or (isinstance(value, str | list | dict) and len(value) == 0)


def without(members: Mapping[str, object], drop: Callable[[object], bool] = is_unset) -> dict[str, object]:
    """Return the members that are not dropped."""
    return {name: value for name, value in members.items() if not drop(value)}


def mapping(value: object) -> Mapping[str, object]:
    """Return a value if it is a mapping, else an empty one: answers hold null where nothing is set."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> list[object]:
    """Return a value if it is a list, else an empty one."""
    return list(value) if isinstance(value, list | tuple) else []


def text(value: object) -> str:
    """Return a value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def to_text(value: object) -> str:
    """Return a value as a text to show and send: what names something is no secret, wherever it comes from."""
    return reveal_text(value) if isinstance(value, str) else str(value)


def sort_json(entries: Iterable[object]) -> list[object]:
    """Return entries of a list without order in the order of their JSON texts."""
    return sorted(entries, key=lambda one: json.dumps(one, sort_keys=True, default=str))


def to_integer(value: object) -> object:
    """Return the whole number that a value is, however it is written (5.0); anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
