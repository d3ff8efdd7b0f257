"""Remote command: what the panels of the command centre decide, write and read, without a window.

One module or folder for each duty; none of them imports Qt.
"""
