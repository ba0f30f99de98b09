"""The history of a text, read from the log of its updates and from its ledger.

Nothing here is asked while people write: the log is read when somebody looks at the history.
"""
