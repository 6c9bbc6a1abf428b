"""What connections offer to models and syncs: asked of the service, or read from the recorded schemas."""
