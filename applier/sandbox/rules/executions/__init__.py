"""Executions of syncs and of bulk syncs, and their logs."""
