"""Papers the desk prints, as PDF. No Qt, no database: frozen content in, a file out. Any thread."""
