"""The branches: map and table, regions, and each branch."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from folkmoot.branches import map as branch_map
from folkmoot.branches import panels
from folkmoot.branches.models import Branch, Region

SORTS = {
    "name": ["name"],
    "region": ["region__name", "name"],
    "electorate": ["electorate", "name"],
}


@require_safe
def branches(request: HttpRequest) -> HttpResponse:
    """All branches on a map, and the same in a table that can be searched and sorted."""
    everywhere = list(Branch.objects.select_related("region"))
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    region = request.GET.get("region", "")
    found = Branch.objects.select_related("region").matching(words)
    if region:
        found = found.filter(region__code=region.replace("\0", ""))
    sort = request.GET.get("sort", "name")
    order = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    if sort.startswith("-"):
        order = [f"-{order[0]}", *order[1:]]
    context = {
        "map": branch_map.draw(everywhere),
        "branches": found.order_by(*order),
        "total": len(everywhere),
        "regions": Region.objects.annotate(size=Count("branches")),
        "words": words,
        "region": region,
        "sort": sort,
    }
    return render(request, "branches/branches.html", context)


@require_safe
def region(request: HttpRequest, code: str) -> HttpResponse:
    """The branches of one region, with their officers."""
    found = get_object_or_404(Region, code=code)
    inside = list(found.branches.select_related("region"))
    return render(
        request,
        "branches/region.html",
        {"region": found, "branches": inside, "map": branch_map.draw(inside)},
    )


@require_safe
def branch(request: HttpRequest, slug: str) -> HttpResponse:
    """One branch: its region, its place on the map, and what other rooms know of it."""
    found = get_object_or_404(Branch.objects.select_related("region"), slug=slug)
    everywhere = Branch.objects.select_related("region")
    return render(
        request,
        "branches/branch.html",
        {
            "branch": found,
            "map": branch_map.draw(everywhere, here=found),
            "panels": panels.drawn(request, found),
        },
    )
