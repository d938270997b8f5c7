"""`python -m ovirt_hc_setup`."""

import sys

from ovirt_hc_setup.cli import main

sys.exit(main())
