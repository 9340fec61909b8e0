"""Git as a witness: which release first had a name, and which commit brought it.

Nothing here knows of BPF: what the names of a file are is said by a `Reader`. A repository is only
read: no checkout, no new object, no changed reference.
"""
