from applier.sdk import Invalid as Invalid
from applier.sdk import apply as apply
from applier.sdk import connect as connect
from applier.sdk import load as load
from applier.sdk import plan as plan
from applier.sdk import render as render

__version__: str
