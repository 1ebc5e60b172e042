"""Evals: which artifacts lack evidence, what runs them, and what came of it. promptc itself asks no model."""
