"""Settings, addresses, the command, and the wiring between rooms."""
