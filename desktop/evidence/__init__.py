"""Circulars made from frozen figures: snapshots, what is counted in them, and their pages."""
