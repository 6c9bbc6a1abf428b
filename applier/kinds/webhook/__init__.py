"""Webhooks: what the kind is in a spec, on the wire and in a comparison."""
