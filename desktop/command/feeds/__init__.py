"""图像 without a window: where live pictures come from, pictures taken from them, their proof."""
