"""Verifier logs explained: which entry names the complaint, and what is wrong in this log.

`find` names the entry, `trail` follows values back through the log, `sentences` says it, `report` shows it.
"""
