"""What exists in the workspace: read, decoded and matched with what is declared."""
