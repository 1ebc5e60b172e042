"""The door for foreign text: strict YAML, JSON and Unicode, every source format, and overlays, into a Project. Pure."""
