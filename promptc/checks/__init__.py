"""Checks: rules that look and never change; what a careful reviewer would look for, done for every compiled prompt."""
