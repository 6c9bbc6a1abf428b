"""Values that are filled into a spec: variables, environments and placeholders."""
