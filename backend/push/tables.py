"""Reaching somebody: notices, every way to a person, receipts, and whether it was seen."""
