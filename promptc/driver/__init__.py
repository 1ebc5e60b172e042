"""The use cases: each function here is what one command does, and where stages meet stores."""
