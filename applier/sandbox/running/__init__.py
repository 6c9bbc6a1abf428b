"""Run syncs: read the source, filter, override and map its records, write them to the target, keep count."""
