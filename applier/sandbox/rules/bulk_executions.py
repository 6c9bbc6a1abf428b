"""Executions of bulk syncs."""

KIND = "bulk_execution"
