"""Debian's package archive: where headers, and later kernels, come from.

`archive` asks apt, in a private root inside the cache; `headers` picks the two C headers that
bpfref reads. Nothing here changes the system or needs root.
"""
