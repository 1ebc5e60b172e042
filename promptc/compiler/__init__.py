"""Text in, artifacts out: schema, template, overlay, merge, resolve, graph, trace, render, link. Pure: no files, clock or environment."""
