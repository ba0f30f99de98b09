"""What is stored of the live room."""

from .document import Document
from .snapshot import Snapshot
from .update import Update

__all__ = ["Document", "Snapshot", "Update"]
