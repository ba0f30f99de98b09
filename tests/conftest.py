"""Tests outside the rooms share the rooms' cast."""

from folkmoot.conftest import *  # noqa: F403
