"""The life of official documents: kinds and templates, drafts, course, numbers, proof. No Qt."""
