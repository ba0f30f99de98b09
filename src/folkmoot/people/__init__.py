"""Persons, their offices, invitations and sign-in."""
