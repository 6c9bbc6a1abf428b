"""Models and the enrichments of their records."""
