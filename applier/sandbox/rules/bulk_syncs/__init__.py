"""Bulk syncs: their modes, schemas and schedules."""
