"""审执分离 on a desk: its facts read from rows, conflicts watched change by change, cases bound."""
