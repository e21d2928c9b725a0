"""How likely a lead becomes a customer, learned from the house's own leads where there are enough of them.

Logistic regression on five variables (visits, opens and clicks as log(1 + n), company known, business address); orders
and status are left out, since they say what is to be predicted. At least 50 customers and 50 others are asked for: ten
events for each variable (Peduzzi et al., J. Clin. Epidemiol. 49, 1996). It is told only where it ranks leads that it
was not fitted on clearly better than chance (area under the ROC curve, 5-fold cross-validated, 0.6 or more).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.enums import LeadStatus
from memory.lead_lookup import count_leads
from memory.leads import Lead
from tools.leading.checks import is_business_address

FEWEST = 50
LEAST_AUC = 0.6
#: Leads that are fitted on, at most: every n-th of all.
SAMPLE = 20_000


@dataclass(frozen=True)
class Likelihood:
    """The model's shares of becoming a customer, by lead id, and what it was learned from."""

    shares: dict[int, float]
    leads: int
    customers: int
    auc: float


def likelihoods(session: Session, wanted: list[Lead]) -> Likelihood | None:
    """The likelihoods of `wanted`, or None where there is too little to learn from, or nothing was learned."""
    if count_leads(session, Lead.status == LeadStatus.CUSTOMER) < FEWEST:
        return None
    step = max(1, count_leads(session) // SAMPLE)
    rows = session.execute(
        select(Lead.status, Lead.visits, Lead.opens, Lead.clicks, Lead.company, Lead.email).where(Lead.id % step == 0)
    ).all()
    outcome = np.array([status == LeadStatus.CUSTOMER for status, *_ in rows], dtype=int)
    customers = int(outcome.sum())
    if customers < FEWEST or len(rows) - customers < FEWEST:
        return None
    return _learn(_features([row[1:] for row in rows]), outcome, wanted)


def _learn(known: NDArray[np.float64], outcome: NDArray[Any], wanted: list[Lead]) -> Likelihood | None:
    # Loading scikit-learn takes a second: only who has enough leads pays for it.
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression())
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    auc = float(cross_val_score(model, known, outcome, cv=folds, scoring="roc_auc").mean())
    if auc < LEAST_AUC:
        return None
    model.fit(known, outcome)
    asked = _features([(one.visits, one.opens, one.clicks, one.company, one.email) for one in wanted])
    shares = model.predict_proba(asked)[:, 1]
    return Likelihood(
        {lead.id: float(share) for lead, share in zip(wanted, shares, strict=True)},
        len(outcome),
        int(outcome.sum()),
        auc,
    )


def _features(rows: list[Any]) -> NDArray[np.float64]:
    return np.array(
        [
            (np.log1p(visits), np.log1p(opens), np.log1p(clicks), bool(company), is_business_address(email))
            for visits, opens, clicks, company, email in rows
        ],
        dtype=np.float64,
    )
