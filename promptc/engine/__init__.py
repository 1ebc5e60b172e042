"""Memo, file states, workers and watch: what makes building cost what changed. Nothing here decides what a prompt says."""
