"""The command line: the only room that knows click. Each command parses, calls one driver function, shows the value."""
