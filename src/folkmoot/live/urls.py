"""Addresses of the live room: where a text is written together, and its history."""

from django.urls import URLPattern

app_name = "live"

urlpatterns: list[URLPattern] = []
