"""The text as a Yjs document: what may stand in it, and which words do. Knows nothing of Django."""
