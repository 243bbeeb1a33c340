"""The command line: one file for each command, each a few lines over the rest of the program."""
