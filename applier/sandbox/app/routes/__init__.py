"""The endpoints by area: each passes a request on to a rule and its answer back."""
