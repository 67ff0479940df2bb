"""Every feed by name, in the order in which they are loaded. A feed is registered by the existence of its file."""

import importlib
import pkgutil

from graph.model import feeds as known
from graph.model.errors import ProgrammeError
from loaders import feeds
from loaders.feed import Feed

# What others point at comes first, and feeds about people in the order in which they are matched.
ORDER = tuple(known.FEEDS)


def _found() -> dict[str, Feed]:
    names = {module.name for module in pkgutil.iter_modules(feeds.__path__)}
    if names - set(ORDER):
        raise ProgrammeError(f"{', '.join(sorted(names - set(ORDER)))}: no place in the order of graph/model/feeds.py.")
    return {name: _declared(name) for name in ORDER if name in names}


def _declared(name: str) -> Feed:
    feed: Feed = importlib.import_module(f"loaders.feeds.{name}").FEED
    if feed.name != name:
        raise ProgrammeError(f"loaders/feeds/{name}.py declares a feed called {feed.name}. Give both one name.")
    return feed


FEEDS: dict[str, Feed] = _found()
