"""Pipelines as code for Polytomic: validate, plan and apply connections, models and syncs from YAML."""

__version__ = "0.1.0"
