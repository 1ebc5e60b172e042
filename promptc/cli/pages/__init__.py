"""Pages: what promptc shows in a browser, as one self-contained file; review_html.py puts it together."""
