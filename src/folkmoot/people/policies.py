"""Who may do what: asked of offices, never of a person's name.

A view reads

    text = get_object_or_404(Text, slug=slug)
    require(may_edit_text(request.user, text), EDIT_TEXT)

with `may_edit_text` a predicate and `EDIT_TEXT` a declared `Right` of the room's own `policies.py`.
Somebody who is not signed in is sent to sign in and comes back; anybody else gets the page that
says who may (see `middleware.py`). What depends on the person alone is a decorator:

    @allowed(is_administrator, ADMINISTER)
    def offices(request): ...

    @signed_in
    def profile(request): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Office, Person

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

    from folkmoot.branches.models import Branch

type Visitor = Person | AnonymousUser
SIGN_IN = _("people who have signed in")

type View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Right:
    """Something that not everybody may do: its name, who may, and what else is worth knowing.

    `who` completes the sentence "This is open to …".
    """

    name: Words
    who: Words
    about: Words = ""


class Forbidden(PermissionDenied):
    """The visitor may not do this. `who` says who may."""

    def __init__(self, who: Words) -> None:
        super().__init__(str(who))
        self.who = who

    @property
    def who_may(self) -> str:
        """The sentence for the page that says no."""
        return gettext("This is open to %(who)s.") % {"who": self.who}


def require(condition: bool, who: Words | Right) -> None:
    """Go on when the condition holds; otherwise raise `Forbidden`, naming who may."""
    if not condition:
        raise Forbidden(who.who if isinstance(who, Right) else who)


def allowed(predicate: Callable[[Visitor], bool], who: Words | Right) -> Callable[[View], View]:
    """Open a view only to visitors for whom the predicate holds."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(predicate(request.user), who)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def is_signed_in(visitor: Visitor) -> bool:
    """Whether this is a person, and not somebody we do not know."""
    return visitor.is_authenticated


def who_asks(request: HttpRequest) -> Person:
    """The person who is signed in; for views that are open to no others."""
    require(is_signed_in(request.user), SIGN_IN)
    assert isinstance(request.user, Person)
    return request.user


def signed_in(view: View) -> View:
    """Open a view only to persons who are signed in."""
    return allowed(is_signed_in, SIGN_IN)(view)


def holds(visitor: Visitor, *kinds: Office.Kind, branch: Branch | None = None) -> bool:
    """Whether the visitor holds one of these offices now, in this branch when one is given."""
    return isinstance(visitor, Person) and any(
        office.kind in kinds and (branch is None or office.branch_id == branch.pk)
        for office in visitor.current_offices
    )


def is_administrator(visitor: Visitor) -> bool:
    """Whether the visitor is an administrator of the organisation."""
    return holds(visitor, Office.Kind.ADMINISTRATOR)


def is_member(visitor: Visitor) -> bool:
    """Whether the visitor holds any office of the organisation, that of a member included."""
    return isinstance(visitor, Person) and bool(visitor.current_offices)


def holds_branch_office(visitor: Visitor, branch: Branch | None = None) -> bool:
    """Whether the visitor is secretary, chair or officer of this branch, or of any."""
    return holds(visitor, *Office.BRANCH_KINDS, branch=branch)


_declared: dict[str, tuple[Words, tuple[Right, ...]]] = {}


def declare(room: str, title: Words, rights: Iterable[Right]) -> None:
    """Put the rights of a room on the page that all can read. Declaring again replaces them."""
    _declared[room] = (title, tuple(rights))


def declared() -> list[tuple[Words, tuple[Right, ...]]]:
    """The rights of every room: its title, and its rights in order."""
    return list(_declared.values())


def sees_directory(visitor: Visitor) -> bool:
    """Whether the visitor may look up who holds which office."""
    return is_signed_in(visitor)


def may_see_person(visitor: Visitor, person: Person) -> bool:
    """Whether the visitor may see the person's page: people in office are seen by all who have
    signed in, others by those who see their address."""
    if sees_address(visitor, person):
        return True
    return person.is_active and any(o.kind != Office.Kind.MEMBER for o in person.current_offices)


def sees_address(visitor: Visitor, person: Person) -> bool:
    """Whether the visitor sees the person's e-mail address: administrators, the secretaries of
    the person's branch, and themselves."""
    if is_administrator(visitor) or visitor == person:
        return True
    return person.branch_id is not None and any(
        office.kind == Office.Kind.BRANCH_SECRETARY and office.branch_id == person.branch_id
        for office in getattr(visitor, "current_offices", [])
    )


ADMINISTER = Right(
    _("Give and end offices, invite people, see e-mail addresses"),
    _("administrators of the organisation"),
    _("Every such change is recorded with the name of who made it."),
)
SEE_PEOPLE = Right(
    _("See who holds which office"),
    _("people who have signed in"),
    _(
        "They see names and offices of people in office. E-mail addresses are seen by"
        " administrators and, for their own branch, by branch secretaries."
    ),
)
OWN_DATA = Right(
    _("See, take away and erase what is kept about a person"),
    _("that person alone"),
)
READ = Right(
    _("Read what is published: editions, branches, the privacy page and this page"),
    _("everybody, without signing in"),
)

declare("people", _("People and branches"), [READ, SEE_PEOPLE, ADMINISTER, OWN_DATA])
