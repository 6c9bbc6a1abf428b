"""The live objects of a workspace: read, decoded, matched with the spec, and written."""
