"""Facts about people and cars. Their content is personal: it stays in the log and is pulled by those whose key allows
it.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.reception.customers.model import Consent, Customer, Vehicle
from shared.clock import wire
from shared.events import GROUP, NewEvent


def customer_registered(customer: Customer, phones: Sequence[str]) -> NewEvent:
    """A person became known to the group."""
    return NewEvent(
        type="reception.customer.registered.v1",
        subject=f"customer/{customer.id}",
        branch=GROUP,
        version=customer.version,
        data={"customer_id": customer.id, "name": customer.name, "phones": list(phones), "language": customer.language},
    )


def customer_forgotten(
    customer: Customer, vehicle_ids: Sequence[str], consent_ids: Sequence[str], contact_ids: Sequence[str] = ()
) -> NewEvent:
    """A person was erased: whoever keeps anything under these ids erases it too."""
    return NewEvent(
        type="reception.customer.forgotten.v1",
        subject=f"customer/{customer.id}",
        branch=GROUP,
        version=customer.version,
        data={
            "customer_id": customer.id,
            "vehicle_ids": list(vehicle_ids),
            "consent_ids": list(consent_ids),
            "contact_ids": list(contact_ids),
        },
    )


def vehicle_registered(vehicle: Vehicle, customer_id: str | None) -> NewEvent:
    """A car became known to the group; ``customer_id`` is its keeper, where somebody came with it."""
    return NewEvent(
        type="reception.vehicle.registered.v1",
        subject=f"vehicle/{vehicle.id}",
        branch=GROUP,
        version=vehicle.version,
        data={
            "vehicle_id": vehicle.id,
            "plate": vehicle.plate,
            "plate_kind": vehicle.plate_kind,
            "customer_id": customer_id,
        },
    )


def consent_given(consent: Consent) -> NewEvent:
    """A person was shown a notice and said what they agree to."""
    return NewEvent(
        type="reception.consent.given.v1",
        subject=f"consent/{consent.id}",
        branch=consent.branch_id,
        version=1,
        data={
            "consent_id": consent.id,
            "customer_id": consent.customer_id,
            "branch": consent.branch_id,
            "version": consent.version,
            "purposes": consent.purposes,
            "device": consent.device,
            "given_at": wire(consent.given_at),
        },
    )
