"""Lists that a county may look up and that change by date."""
