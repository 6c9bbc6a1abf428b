"""Syncs of models: their members, filters, schedules and targets."""
