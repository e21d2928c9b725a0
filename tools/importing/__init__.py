"""Bringing leads in: from CSV files and from a table of another PostgreSQL database, with the columns guessed and shown."""
