"""技术装备 without a window: register, custody, calibration, faults, and the self-test."""
