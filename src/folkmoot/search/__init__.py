"""One way to search, over SQLite FTS5 and PostgreSQL."""
