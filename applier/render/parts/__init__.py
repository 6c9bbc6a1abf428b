"""What several output forms share."""
