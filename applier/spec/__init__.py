"""Reads a spec: from files to validated resources."""
