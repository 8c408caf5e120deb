"""`python -m appliance.cli` is `porter`."""

import sys

from appliance.cli.command import main

sys.exit(main())
