"""A generator of whole invented populations, in the genuine formats, with the truth beside them."""

from loaders.synthetic.fixed import PRACTITIONERS
from loaders.synthetic.stories import STORIES, Story, stories_at
from loaders.synthetic.synthesis import Report, synthesise
from loaders.synthetic.tomorrow import tomorrow

__all__ = ["PRACTITIONERS", "STORIES", "Report", "Story", "stories_at", "synthesise", "tomorrow"]
