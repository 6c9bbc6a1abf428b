"""The output forms of a report: each is a module with a function `render`, listed in `forms`."""
