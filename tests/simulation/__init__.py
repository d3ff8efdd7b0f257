"""A seeded world of officers, laptops and one hub, in which everything goes wrong."""
