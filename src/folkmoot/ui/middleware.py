"""Words where Django answers with none."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class SayWhatIsWrong:
    """Gives a page to somebody who opens the address of a form in their browser (405)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        said = render(request, "405.html", status=405)
        said["Allow"] = response["Allow"]
        return said
