"""The rules of the service, one file per kind: what it refuses, what it normalises. They know no HTTP."""
