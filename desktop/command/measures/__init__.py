"""Fine, summons and detention: approved one by one, executed, ended; without a window."""
