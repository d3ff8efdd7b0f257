"""Official documents: typefaces, lines and pages, measured in the files."""
