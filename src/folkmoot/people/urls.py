"""Addresses of people, offices, invitations and one's own account."""

from django.urls import path

from folkmoot.people.views import acceptance, directory, invitations, offices, own, rules

app_name = "people"

urlpatterns = [
    path("roles/", rules.roles, name="roles"),
    path("privacy/", rules.privacy, name="privacy"),
    path("people/", directory.people, name="people"),
    path("people/invitations/", invitations.invitations, name="invitations"),
    path("people/invitations/mail/", invitations.by_mail, name="invite-by-mail"),
    path("people/invitations/link/", invitations.by_link, name="invite-by-link"),
    path("people/invitations/list/", invitations.by_list, name="invite-by-list"),
    path("people/invitations/list/confirm/", invitations.confirm_list, name="confirm-list"),
    path("people/invitations/send/", invitations.send_waiting, name="send-waiting"),
    path("people/invitations/<int:pk>/send/", invitations.send_again, name="send-again"),
    path("people/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw"),
    path("people/offices/<int:pk>/end/", offices.end, name="end-office"),
    path("people/<slug:key>/", directory.person, name="person"),
    path("people/<slug:key>/office/", offices.give, name="give-office"),
    path("you/", own.profile, name="profile"),
    path("you/data/", own.data, name="own-data"),
    path("you/data.json", own.data_as_json, name="own-data-json"),
    path("you/close/", own.close, name="close-account"),
    path("invitation/<str:token>/", acceptance.invitation, name="invitation"),
]
