"""Bytes or text into the model: pure parsers of headers and of their comments."""
