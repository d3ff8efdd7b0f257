"""审执分离 from rows: which cases hang together, who carried out and judges, who may sit."""
