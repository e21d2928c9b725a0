"""What the knowledge tools rest on: storing and indexing items, reading files, finding what tickets have in common."""
