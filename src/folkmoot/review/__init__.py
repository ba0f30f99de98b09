"""Editions and the public reading site."""
