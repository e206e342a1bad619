"""How a model does on a labelled file: agreement with its labels, statuses and levels."""

from nlp_quality.evaluation.measure import evaluate
from nlp_quality.evaluation.render import render

__all__ = ["evaluate", "render"]
