"""What an object looks like in each API version, one file per kind and version."""
