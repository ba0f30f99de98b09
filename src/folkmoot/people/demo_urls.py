"""Addresses that exist in the demonstration only."""

from django.urls import path

from folkmoot.people.views import demo

app_name = "demo"

urlpatterns = [
    path("", demo.cast, name="cast"),
    path("sign-in/<slug:key>/", demo.sign_in, name="sign-in"),
]
