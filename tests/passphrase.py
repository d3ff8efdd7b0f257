"""The passphrase of stores in tests; alone, so that a second process need not load the rest."""

PASSPHRASE = '执行 局\'s "pass"'
