"""Events, and who is told of them: webhooks and error subscribers."""
