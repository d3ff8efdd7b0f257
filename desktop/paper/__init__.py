"""Parts that panels share where they show, sign, print and verify official documents."""
