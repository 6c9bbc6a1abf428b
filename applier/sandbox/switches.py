"""Name every behaviour that no source confirms: one switch each, with its default and the values it can take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One behaviour of the service that is not known for certain."""

    name: str
    description: str
    default: str
    values: tuple[str, ...]


SWITCHES = (
    Switch(
        "default_version",
        "API version that answers a request without a version header",
        "2025-09-18",
        ("2025-09-18", "2024-02-08"),
    ),
    Switch("active_default", "`active` of a sync when a request leaves it out", "false", ("false", "true")),
    Switch(
        "start_inactive",
        "starting a sync that is not active: refused with 400, or run",
        "refuse",
        ("refuse", "run"),
    ),
    Switch(
        "duplicate_connection_name",
        "a second connection of the same name: 422, or allowed",
        "refuse",
        ("refuse", "allow"),
    ),
    Switch(
        "connection_type_change",
        "an update that names another type: refused with 400, or ignored",
        "refuse",
        ("refuse", "ignore"),
    ),
    Switch(
        "omitted_secrets",
        "a secret that an update leaves out: kept, or cleared like any other member",
        "keep",
        ("keep", "clear"),
    ),
    Switch(
        "mask_sent_back",
        "a mask that is sent for a secret: means unchanged, or is stored as the new secret",
        "unchanged",
        ("unchanged", "store"),
    ),
    Switch(
        "nested_secrets",
        "passwords and tokens inside nested authentication objects: returned as sent, or masked",
        "plain",
        ("plain", "mask"),
    ),
    Switch(
        "configuration_defaults",
        "defaults of the connection type: filled into the configuration, or left out",
        "fill",
        ("fill", "leave"),
    ),
    Switch(
        "model_list_fields",
        "entries of the list of models: with their fields, or without",
        "with",
        ("with", "without"),
    ),
    Switch(
        "unset_members",
        "optional members of a sync that were not set: absent from answers, or null",
        "absent",
        ("absent", "null"),
    ),
    Switch(
        "override_source",
        "source of a constant merged into the fields: the zero UUID, an empty model id, or absent",
        "zero",
        ("zero", "empty", "absent"),
    ),
    Switch(
        "list_order",
        "members of lists whose order means nothing: as they were sent, or reversed",
        "sent",
        ("sent", "reversed"),
    ),
    Switch(
        "field_references",
        "source or target fields that do not exist: refused with 400, or stored",
        "refuse",
        ("refuse", "store"),
    ),
    Switch(
        "unreachable_status",
        "status when `validate` finds the upstream system unreachable",
        "422",
        ("422", "400"),
    ),
    Switch("malformed_idempotency_key", "a malformed idempotency key: 400, or ignored", "refuse", ("refuse", "ignore")),
)
BY_NAME: Mapping[str, Switch] = {switch.name: switch for switch in SWITCHES}


class UnknownSwitch(ValueError):
    """A switch or a value that does not exist; the text names those that do."""


class Switches:
    """The settings of one running sandbox."""

    def __init__(self, chosen: Mapping[str, str] = {}) -> None:
        self._chosen: dict[str, str] = {}
        self.choose(chosen)

    def choose(self, chosen: Mapping[str, str]) -> None:
        for name, value in chosen.items():
            switch = BY_NAME.get(name)
            if switch is None:
                raise UnknownSwitch(f"no switch is called {name!r}; there are {', '.join(sorted(BY_NAME))}")
            if value not in switch.values:
                raise UnknownSwitch(f"switch {name} takes {' or '.join(switch.values)}, not {value!r}")
        self._chosen = {**self._chosen, **chosen}

    def restore(self) -> None:
        self._chosen = {}

    def __getitem__(self, name: str) -> str:
        return self._chosen.get(name, BY_NAME[name].default)

    def describe(self) -> list[dict[str, object]]:
        return [
            {
                "name": switch.name,
                "description": switch.description,
                "default": switch.default,
                "values": list(switch.values),
                "value": self[switch.name],
            }
            for switch in SWITCHES
        ]
