"""Learning from stewards: small corrections of a trained model by decided pairs.

A penalised logistic regression (Newton's method) finds a factor φ_f for every field's evidence and a shift δ of the
prior, so that p = 1 / (1 + exp(−Σ φ_f W_f − prior − δ)) suits the decisions. The penalty holds φ at 1 and δ at 0: fifty
decisions move what they speak of clearly and nothing else. What does not predict held-out decisions better than the
model did alone, and surely so, is not taken over: a decision may help, it may not hurt.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mdm.compare_levels import Levels
from mdm.model import Floats, Model

#: Standard deviations of the factors around 1 and of the shift around 0.
FACTOR_SPREAD, SHIFT_SPREAD = 0.15, 0.3
FOLDS = 5
#: Fewer decisions than this, or all of one kind, teach nothing.
FEWEST = 10
#: Held-out log-loss per decision has to fall by so much, in nats, and by so many of its standard errors.
GAIN, SURENESS = 0.03, 4.0
#: Newton steps: the loss is convex and smooth, ten are enough to settle it.
STEPS = 25


def learn_from_labels(model: Model, levels: Levels, same: NDArray[np.bool_]) -> Model:
    """The model corrected by decisions: ``levels`` (F, D) of the decided pairs, ``same`` (D,) what was decided."""
    if len(same) < FEWEST or same.all() or not same.any():
        return model
    evidence = model.evidence(levels)
    parts = np.vstack([evidence.parts, np.ones(len(same))])
    gains = _losses(evidence.weight, same) - _held_out_losses(parts, evidence.prior, same)
    if gains.mean() < max(GAIN, SURENESS * float(gains.std(ddof=1)) / len(gains) ** 0.5):
        return model
    change = _fit(parts, evidence.prior, same)
    fields = tuple(
        replace(field, factor=field.factor * float(factor))
        for field, factor in zip(model.fields, change[:-1], strict=True)
    )
    return replace(model, fields=fields, shift=model.shift + float(change[-1]))


def _fit(parts: Floats, prior: Floats, same: NDArray[np.bool_]) -> Floats:
    """Factors and shift (F + 1,) of least penalised loss; ``parts`` (F + 1, D), its last row 1 for the shift."""
    centre = np.append(np.ones(len(parts) - 1), 0.0)
    precision = np.append(np.full(len(parts) - 1, FACTOR_SPREAD**-2), SHIFT_SPREAD**-2)
    change = centre.copy()
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(change @ parts + prior, -50, 50)))
        gradient = parts @ (p - same) + precision * (change - centre)
        curvature = (parts * (p * (1 - p))) @ parts.T + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        change = change - np.clip(step, -0.5, 0.5)
    return np.append(np.maximum(change[:-1], 0.2), change[-1])


def _losses(weight: Floats, same: NDArray[np.bool_]) -> Floats:
    """Log-loss of each decision, nats."""
    return np.logaddexp(0, np.where(same, -weight, weight))


def _held_out_losses(parts: Floats, prior: Floats, same: NDArray[np.bool_]) -> Floats:
    """Log-loss (D,) of each decision under a fit that has not seen it, over folds in turn."""
    fold = np.arange(len(same)) % FOLDS
    losses = np.zeros(len(same))
    for number in range(FOLDS):
        out = fold == number
        change = _fit(parts[:, ~out], prior[~out], same[~out])
        losses[out] = _losses(change @ parts[:, out] + prior[out], same[out])
    return losses
