"""Who may do what: organizations, users, roles and policies."""
