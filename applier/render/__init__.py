"""A report as text or JSON: equal siblings, each `Report -> str`."""
