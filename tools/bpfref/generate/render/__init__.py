"""Facts as Markdown: pure functions, no files."""
