"""The outside world into `data/scraped`: headers are parsed, facts are written, text is not."""
