"""Every behaviour that no source confirms is a switch; here are all of them, and the values of one running sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.json_values import Document
from applier.sandbox.switches import access, api, bulk_syncs, connections, models, notifications, syncs
from applier.sandbox.switches.switch import Switch

__all__ = ["SWITCHES", "Switch", "Switches", "UnknownSwitch"]

SWITCHES = (
    *api.SWITCHES,
    *connections.SWITCHES,
    *models.SWITCHES,
    *syncs.SWITCHES,
    *bulk_syncs.SWITCHES,
    *access.SWITCHES,
    *notifications.SWITCHES,
)
BY_NAME: Mapping[str, Switch] = {switch.name: switch for switch in SWITCHES}


class UnknownSwitch(ValueError):
    """The name or the value of a switch is unknown; the text lists the known ones."""


class Switches:
    """The values that the switches of one running sandbox have."""

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

    def describe(self) -> list[Document]:
        """Return every switch with its values and its present value."""
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
