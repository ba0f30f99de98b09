"""What is stored of the live room."""

from .document import Document
from .editing_session import EditingSession, Folded, TouchedPassage
from .snapshot import Snapshot
from .update import Update

__all__ = ["Document", "EditingSession", "Folded", "Snapshot", "TouchedPassage", "Update"]
