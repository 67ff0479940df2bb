"""A trained model and what it did with people it had not seen, as one page of HTML that needs nothing else."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from loaders.who.comparisons import comparisons
from loaders.who.evaluation import Evaluation
from loaders.who.policy import LIMITS, VERSION
from loaders.who.weights import Model

_TEMPLATE = "report.html"
# Poisson: the 95 % bound on what is expected where so few were seen is far from what was seen.
_BOUNDS = (3.0, 4.74, 6.30, 7.75, 9.15, 10.51)


def in_html(model: Model, kept: bytes, held_out: str, found: Evaluation) -> str:
    """The page. `kept` are the bytes of the model's file, `held_out` says of which population the figures are."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE).render(
        model=model,
        name=hashlib.sha256(kept).hexdigest()[:12],
        policy=VERSION,
        limits=asdict(LIMITS),
        weights=list(_weights(model)),
        held_out=held_out,
        found=found,
        bound=bound(found.all.false, found.all.links),
    )


def bound(false: int, links: int) -> float | None:
    """The share of links that is false at most, with 95 % confidence; None where none was made.

    Exact (Poisson) for up to five false ones, by the normal approximation for more.
    """
    if not links:
        return None
    most = _BOUNDS[false] if false < len(_BOUNDS) else false + 1 + 1.645 * math.sqrt(false + 1)
    return most / links


def _weights(model: Model) -> Iterator[tuple[str, str, float, float, float]]:
    """Each level of each comparison: how often it is so of one person, of two, and what it adds, in bits."""
    for part in comparisons():
        for level in part.levels:
            chance = model.levels[part.learnt][level.name]
            yield part.name, level.name, chance.m, chance.u, math.log2(chance.m / chance.u)
