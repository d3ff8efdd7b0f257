"""Qt parts that know nothing of courts: tables, plots, timelines, forms, figures. UI thread.

They take data and words from their caller and read colours and sizes from `widgets.theme`.
"""
