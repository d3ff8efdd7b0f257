"""案款: statements of the bank, whose money it is, who holds it up, and what goes out. No Qt."""
