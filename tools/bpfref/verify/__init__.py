"""Examples on kernels: compiled, loaded, run and compared with what they promise, into `data/verified/examples`.

`plan` says what is to be run and compiles it, `inside` runs in guests, `run` starts these, `judge`
compares, `claim` holds `since` against what the object needs.
"""
