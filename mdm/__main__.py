"""`python -m mdm`: matching for people with a file and no application."""

import sys

from mdm.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
