"""Every address, room by room."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("folkmoot.review.urls")),
    path("", include("folkmoot.commission.urls")),
    path("", include("folkmoot.people.urls")),
    path("accounts/", include("allauth.urls")),
    path("branches/", include("folkmoot.branches.urls")),
    path("", include("folkmoot.config.health")),
]

if settings.DEMO:
    urlpatterns.append(path("", include("folkmoot.ui.urls")))

handler400 = "folkmoot.ui.views.bad_request"
handler403 = "folkmoot.ui.views.forbidden"
handler404 = "folkmoot.ui.views.not_found"
handler500 = "folkmoot.ui.views.broken"
