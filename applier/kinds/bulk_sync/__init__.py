"""Bulk syncs."""
