"""A generator of whole invented populations, in the genuine formats, with the truth beside them."""

from loaders.synthetic.synthesis import Report, synthesise

__all__ = ["Report", "synthesise"]
