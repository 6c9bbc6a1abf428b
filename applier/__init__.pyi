from types import ModuleType

from applier import sdk
from applier.sdk import Invalid as Invalid
from applier.sdk import apply as apply
from applier.sdk import connect as connect
from applier.sdk import load as load

class _PlanPackage(ModuleType):
    __call__ = staticmethod(sdk.plan)

class _RenderPackage(ModuleType):
    __call__ = staticmethod(sdk.render)

plan: _PlanPackage
render: _RenderPackage

__version__: str
