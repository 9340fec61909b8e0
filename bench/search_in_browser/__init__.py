"""Searches in Chromium, each on the site that it was built for: what `bench/search.py` measures."""
