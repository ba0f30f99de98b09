"""Addresses of the live room: where a text is written together, and its history."""

from django.urls import path

from .views import comparison, history, panel, passage_history, write

app_name = "live"

urlpatterns = [
    path("texts/<slug:slug>/write/", write.write, name="write"),
    path("texts/<slug:slug>/write/pictures/", write.upload, name="upload"),
    path("texts/<slug:slug>/write/p/<slug:passage>/", panel.panel, name="panel"),
    path(
        "texts/<slug:slug>/write/p/<slug:passage>/stance/", panel.take_stance, name="panel-stance"
    ),
    path("texts/<slug:slug>/write/p/<slug:passage>/dispute/", panel.dispute, name="panel-dispute"),
    path("texts/<slug:slug>/write/p/<slug:passage>/address/", panel.address, name="panel-address"),
    path("texts/<slug:slug>/write/p/<slug:passage>/comment/", panel.comment, name="panel-comment"),
    path(
        "texts/<slug:slug>/write/variants/<int:variant>/current/",
        panel.make_current,
        name="panel-make-current",
    ),
    path(
        "texts/<slug:slug>/write/variants/<int:variant>/withdraw/",
        panel.withdraw_variant,
        name="panel-withdraw-variant",
    ),
    path(
        "texts/<slug:slug>/write/prepared/<slug:prepared>/forward/",
        panel.put_forward,
        name="panel-put-forward",
    ),
    path(
        "texts/<slug:slug>/write/comments/<int:comment>/answer/", panel.answer, name="panel-answer"
    ),
    path(
        "texts/<slug:slug>/write/comments/<int:comment>/withdraw/",
        panel.withdraw_comment,
        name="panel-withdraw-comment",
    ),
    path(
        "texts/<slug:slug>/write/comments/<int:comment>/kept/",
        panel.say_kept,
        name="panel-say-kept",
    ),
    path(
        "texts/<slug:slug>/write/comments/<int:comment>/disposition/",
        panel.disposition,
        name="panel-disposition",
    ),
    path(
        "texts/<slug:slug>/write/comments/<int:comment>/dispose/",
        panel.dispose,
        name="panel-dispose",
    ),
    path("texts/<slug:slug>/history/", history.history, name="history"),
    path("texts/<slug:slug>/history/compare/", comparison.compare, name="compare-moments"),
    path("texts/<slug:slug>/history/<int:session>/", history.session, name="editing-session"),
    path(
        "texts/<slug:slug>/p/<slug:passage>/history/",
        passage_history.passage_history,
        name="passage-history",
    ),
    path(
        "texts/<slug:slug>/p/<slug:passage>/history/<slug:digest>/restore/",
        passage_history.propose_earlier,
        name="propose-earlier",
    ),
]
