"""Pure functions and values: nothing of Django, no input or output, no clock."""
