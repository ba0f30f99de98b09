from .entry import Act, Entry
from .stream import Stream

__all__ = ["Act", "Entry", "Stream"]
