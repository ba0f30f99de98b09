"""Addresses of the demonstration's mailbox."""

from django.urls import path

from folkmoot.notify import views

app_name = "notify"

urlpatterns = [
    path("", views.mails, name="mails"),
    path("<slug:key>/", views.mail, name="mail"),
    path("<slug:key>/html/", views.html_part, name="mail-html"),
]
