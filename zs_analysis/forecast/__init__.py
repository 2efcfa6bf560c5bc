"""Forecasts of clusters and of the city: pure functions on long frames ``unique_id, ds, y``."""
