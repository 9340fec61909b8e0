"""C programs for `cells.py`: which section a variant has, and which arguments a call needs."""
