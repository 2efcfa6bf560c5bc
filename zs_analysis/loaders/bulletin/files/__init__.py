"""Files to sheets of cells: Excel, Word, saved pages and text, told apart by what they hold."""

from zs_analysis.loaders.bulletin.files.open import open_document

__all__ = ["open_document"]
