"""Regions, branches and the map."""
