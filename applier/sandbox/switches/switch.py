"""The type of a switch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """A behaviour of the service that is not known for certain, with the values that it can take."""

    name: str
    description: str
    default: str
    values: tuple[str, ...]
