"""Pipelines as code for Polytomic: validate, plan and apply connections, models and syncs from YAML."""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["Invalid", "apply", "connect", "load", "plan", "render"]

_CALLABLE_PACKAGES = ("plan", "render")


def __getattr__(name: str) -> object:
    """Return a public name; it is loaded when it is first used, so that the command line starts without it."""
    if name in _CALLABLE_PACKAGES:
        return import_module(f"applier.{name}")
    if name in __all__:
        return getattr(import_module("applier.sdk"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
