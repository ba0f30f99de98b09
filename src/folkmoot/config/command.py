"""`folkmoot`: one command for running, looking after and checking an installation.

What needs no database (`verify`) does not start Django, so that anybody can check an edition with
nothing but this package and the bundle. All else is a management command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `folkmoot ARGUMENTS`. Returns the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["verify"]:
        from folkmoot.review.verification import run

        return run(arguments[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.config.settings")
    from django.core.management import ManagementUtility

    from folkmoot.config.environment import Misconfigured

    try:
        ManagementUtility(["folkmoot", *arguments]).execute()
    except Misconfigured as error:
        print(f"folkmoot: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
