"""Addresses of branches and regions."""

from django.urls import path

from folkmoot.branches import views

app_name = "branches"

urlpatterns = [
    path("", views.branches, name="branches"),
    path("regions/<slug:code>/", views.region, name="region"),
    path("<slug:slug>/", views.branch, name="branch"),
]
