"""Import of workbooks and event logs: read, convert, check, compare, write, give back rejects.

No Qt. Files are read in slices and in pure Python steps, so an import on a background thread never
holds the interpreter long enough to be felt on the screen.
"""
