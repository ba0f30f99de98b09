"""`python -m folkmoot`."""

import sys

from folkmoot.config.command import main

sys.exit(main())
