"""One file a version; `revision` is its number, `upgrade()` brings the version before it there."""
