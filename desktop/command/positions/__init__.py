"""Positions that are kept: from the sources into rows, and from rows into one picture."""
