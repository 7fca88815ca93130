"""`python -m app.cli` is the `firstpoint` command."""

from app.cli.main import main

main()
