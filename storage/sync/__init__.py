"""Sync of the replica with the shared database: what travels, and how it is applied here.

The hub orders everything; this side keeps what was done here until the hub has judged it, and the
hub's rows beneath what it has not. No Qt, no threads, no sleeping: whoever drives it decides when.
"""
