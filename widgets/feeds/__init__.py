"""Live pictures on a grid. Nothing here loads QtMultimedia before a feed is opened. UI thread."""

from widgets.feeds.grid import FeedGrid
from widgets.feeds.records import Cause, FeedSource, FeedState, Picture, Standing
from widgets.feeds.words import sentence, state_key, state_word

__all__ = [
    "Cause",
    "FeedGrid",
    "FeedSource",
    "FeedState",
    "Picture",
    "Standing",
    "sentence",
    "state_key",
    "state_word",
]
