"""Addresses of the live room: where a text is written together, and its history."""

from django.urls import path

from .views import write

app_name = "live"

urlpatterns = [
    path("texts/<slug:slug>/write/", write.write, name="write"),
    path("texts/<slug:slug>/write/pictures/", write.upload, name="upload"),
]
