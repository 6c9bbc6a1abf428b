"""Reports in every output form, each `Report -> str`. The package is also the function `applier.render`."""

import sys
from importlib import import_module
from types import ModuleType


class _RenderPackage(ModuleType):
    """The type of this package, which can be called."""

    def __call__(self, *arguments: object, **options: object) -> object:
        """Return `applier.sdk.render(…)`, the public function."""
        return import_module("applier.sdk").render(*arguments, **options)


sys.modules[__name__].__class__ = _RenderPackage
