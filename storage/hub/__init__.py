"""The shared database: its tables, roles, policies and functions, made from SQL files and from
the schema of the replica. No Qt; needs a PostgreSQL and an administrator's login.
"""
