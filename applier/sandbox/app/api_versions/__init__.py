"""The form of an object in each API version, one file per kind and version."""
