"""A change of the signing matrix by two persons, after which operators issue letters alone."""

from storage.ids import new_id
from tests.panels.real_city import RealCity


def let_operators_issue(city: RealCity) -> RealCity:
    """The same city in which operators draft letters and sign their own."""
    change = {
        "change_id": new_id(),
        "document": "supervision_letter",
        "valid_from": "2026-01-01",
        "basis": "洛中法〔2026〕1号",
        "proposed_by": city.person("局长乙"),
        "proposed_at": "2025-12-30T09:00:00+08:00",
        "agreed_by": city.person("院长丁"),
        "agreed_at": "2025-12-31T09:00:00+08:00",
        "state": "agreed",
    }
    for step, stage, signers in (
        (1, "draft", "post:operator"),
        (2, "sign", "post:operator,maker"),
    ):
        city.put("signing_rule", step=step, stage=stage, signers=signers, **change)
    return city
