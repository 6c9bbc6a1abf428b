"""Databases at the hosts that connections configure."""
