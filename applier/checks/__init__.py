"""Models and syncs checked against what connections really offer, before anything is written (DESIGN.md section 5)."""
