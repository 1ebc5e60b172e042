"""The template door: the only place that knows Jinja. Source text in, a flat stream of events out, built into a shape.

    source -> lines, tags, check -> generator -> [render: symbols, proxies, operators] -> tree -> shape

Authors write plain Jinja. Whether an expression holds an input is decided by its value while rendering, never by its
spelling: an input is a symbol, and whatever meets a symbol either becomes a residual form or refuses with a hint.
"""
