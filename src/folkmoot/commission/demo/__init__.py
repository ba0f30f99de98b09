"""The demonstration commission: its people, its text, and what happened to it."""
