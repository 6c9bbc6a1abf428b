"""The execution of syncs: records are read, filtered, mapped and written."""
