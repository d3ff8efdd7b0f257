"""重大强制执行活动 without a window: what is read, what is done, and the report from the log."""
