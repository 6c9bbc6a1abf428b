"""Syncs."""
