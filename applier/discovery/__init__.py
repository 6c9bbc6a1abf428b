"""What connections offer to models, syncs and bulk syncs: read from the service, or from recorded schemas."""
