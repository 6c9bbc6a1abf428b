"""Connections, what they hold, and what they offer as sources and targets."""
