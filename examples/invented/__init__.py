"""The parts of the invented example: an economy of firms, its projects, and the figures published of both."""
