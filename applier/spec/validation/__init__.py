"""Checks that span the resources of a spec."""
