"""The room where a text is written together: sockets, documents, what is durably stored."""
