from hypothesis import settings

# A busy machine must not fail a test, and a test must not fail by the draw of the day.
settings.register_profile("metrics", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("metrics")
