"""Checking: every check over a project and what it compiles to. `clean` is what a channel's gate asks."""

from promptc.driver.checking.run import Checked, CheckRequest, Counts, check, clean

__all__ = ["CheckRequest", "Checked", "Counts", "check", "clean"]
