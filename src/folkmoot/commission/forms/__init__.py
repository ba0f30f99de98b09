from .words import Words, clean_words

__all__ = ["Words", "clean_words"]
