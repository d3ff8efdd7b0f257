"""审执分离 on a desk: conflicts watched change by change and told in words, cases bound."""
