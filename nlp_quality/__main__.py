"""`python -m nlp_quality`: the command line."""

from nlp_quality.cli import main

main()
