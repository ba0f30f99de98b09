"""How processes that serve the same text reach one another."""
