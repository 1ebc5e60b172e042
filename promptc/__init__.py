"""promptc: a build system that compiles prompts per tenant into hashed, immutable artifacts."""

__version__ = "0.1.0"
