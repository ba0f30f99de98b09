"""Seats, texts, passages, stances: what a commission agrees word for word."""
