"""`python -m promptc`: the command line, as the console script starts it."""

from promptc.cli.main import main

main()
