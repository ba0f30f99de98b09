"""Addresses of what is published, and of preparing it."""

from django.urls import path

from folkmoot.review.views import (
    candidate,
    comparison,
    downloads,
    edition,
    home,
    notes,
    passage,
    preparation,
    recommendations,
    searching,
    verification,
)

app_name = "review"

EDITION = "reviews/<slug:slug>/<int:number>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("reviews/<slug:slug>/", edition.newest_edition, name="review"),
    path("reviews/<slug:slug>/p/<slug:passage>/", passage.permanent, name="passage"),
    path("reviews/<slug:slug>/recommendations/", recommendations.newest_list, name="newest-list"),
    path(
        "reviews/<slug:slug>/recommendations/<slug:passage>/",
        recommendations.recommendation,
        name="recommendation",
    ),
    path(EDITION, edition.front, name="edition"),
    path(EDITION + "p/<slug:passage>/", passage.within, name="passage-in"),
    path(EDITION + "recommendations/", recommendations.listing, name="recommendations"),
    path(
        EDITION + "recommendations.<slug:form>",
        recommendations.file,
        name="recommendations-file",
    ),
    path(EDITION + "search/", searching.search, name="search"),
    path(EDITION + "compare/<int:other>/", comparison.compare, name="compare"),
    path(EDITION + "download/<slug:form>", downloads.download, name="download"),
    path(EDITION + "verify/", verification.verify, name="verify"),
    path(EDITION + "notes/", notes.notes, name="notes"),
    path(EDITION + "notes/erratum/", notes.add_erratum, name="add-erratum"),
    path(EDITION + "notes/reservation/", notes.publish_reservation, name="publish-reservation"),
    path(EDITION + "pictures/<slug:digest>", edition.picture, name="picture"),
    path(EDITION + "<slug:chapter>/", edition.chapter, name="chapter"),
    path("texts/<slug:slug>/edition/", preparation.prepare, name="prepare"),
    path("texts/<slug:slug>/edition/freeze/", preparation.freeze, name="freeze"),
    path("texts/<slug:slug>/candidate/", candidate.candidate, name="candidate"),
    path("texts/<slug:slug>/candidate/read/", candidate.read, name="read-candidate"),
    path("texts/<slug:slug>/candidate/reaffirm/", candidate.reaffirm, name="reaffirm"),
    path("texts/<slug:slug>/candidate/sign/", candidate.sign, name="sign"),
    path("texts/<slug:slug>/candidate/return/", candidate.send_back, name="send-back"),
    path("texts/<slug:slug>/candidate/publish/", candidate.publish, name="publish"),
]
