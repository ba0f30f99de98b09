"""Folkmoot: from a commission's agreed text to action on the ground."""
