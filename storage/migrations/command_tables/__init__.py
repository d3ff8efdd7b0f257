"""The tables of version 0012, one module for each area."""
