"""Where positions come from: gpsd, receivers on a serial port, vehicles from a Traccar server.

No Qt, no database. A source is read by one thread for which waiting is no harm.
"""
