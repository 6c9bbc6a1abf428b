"""The JSON Schema of the spec: lookup, validation and the messages of violations."""
