"""The endpoints of the API, one file per area."""
