"""Release: from a build to what production is told to serve, and back: channels, pins, rollback, what is kept."""
