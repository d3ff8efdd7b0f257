"""What was so at any instant of an operation or a day: folds of facts by the time they bear."""
