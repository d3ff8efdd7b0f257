"""Petitions (执行信访): what may be done with one, what it resembles, how it is listed. No Qt."""
