"""Seizures on the spot without a window: the form, its signature, verification, papers."""
