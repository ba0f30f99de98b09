"""Every address, room by room."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("folkmoot.review.urls")),
    path("", include("folkmoot.live.urls")),
    path("", include("folkmoot.commission.urls")),
    path("", include("folkmoot.people.urls")),
    path("accounts/", include("folkmoot.people.entrance_urls")),
    path("branches/", include("folkmoot.branches.urls")),
    path("", include("folkmoot.ui.urls")),
    path("", include("folkmoot.config.health")),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/", include("folkmoot.people.demo_urls")),
        path("demo/mail/", include("folkmoot.notify.urls")),
    ]

handler400 = "folkmoot.ui.views.bad_request"
handler403 = "folkmoot.ui.views.forbidden"
handler404 = "folkmoot.ui.views.not_found"
handler500 = "folkmoot.ui.views.broken"
