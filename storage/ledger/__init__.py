"""The ledger of a desk that works alone: posting, balances, trial balance, proof. No Qt.

A desk with a shared database asks by request instead; its triggers refuse what is posted here.
"""
