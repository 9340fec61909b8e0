"""The data as a product: JSON files of a promised shape, the same facts that the pages show."""
