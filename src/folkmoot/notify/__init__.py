"""Mail that goes out, and where it can be read in the demonstration."""
