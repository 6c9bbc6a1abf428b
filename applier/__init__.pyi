from applier.library import Invalid as Invalid
from applier.library import apply as apply
from applier.library import connect as connect
from applier.library import load as load
from applier.library import plan as plan
from applier.library import render as render

__version__: str
