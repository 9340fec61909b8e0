"""The search index: what `assets/search.js` reads, as scripts in `docs/assets/search`.

`names` are all names of the reference, small enough to be read at the first key. `units` cuts pages
into what can be found in them, `words` makes an inverted index of those, in shards of which a
query needs one for each word. `files` writes all of it; nothing of it enters git.
"""
