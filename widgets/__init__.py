"""Qt parts that know nothing of courts: tables, plots, timelines, forms, figures. UI thread.

They take data and words from their caller and read colours and sizes from `widgets.theme`.
"""

from widgets.imports import spare_sources

# Here, because what is imported before the first part of a window is not much.
spare_sources()
