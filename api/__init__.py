"""The door: HTTP, the command line, settings and processes."""
