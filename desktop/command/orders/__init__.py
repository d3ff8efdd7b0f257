"""指令: orders to teams in the field, read with their standing and done step by step. No Qt."""
