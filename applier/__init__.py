"""Pipelines as code for Polytomic: validate, plan and apply connections, models and syncs from YAML."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"
__all__ = ["Invalid", "apply", "connect", "load", "plan", "render"]


def __getattr__(name: str) -> Any:
    """The public names, loaded when they are first asked for: the command line starts without them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("applier.sdk"), name)


class _Package(ModuleType):
    """`plan` and `render` are functions here, although packages of these names lie inside."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
