"""Checks resources against what their connections offer, before anything is written (docs/architecture.md#checks)."""
