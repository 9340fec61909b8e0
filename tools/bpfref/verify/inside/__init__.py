"""What runs inside a guest: examples one after another, each shut in. Standard library and the loader alone."""
