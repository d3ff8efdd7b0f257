"""Notes on a case, a petition, a document …: what they say, whom they mention, and their box."""
