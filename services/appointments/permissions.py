"""Who may do what in appointments: permission → roles."""

from __future__ import annotations

_HEADS = frozenset({"service_manager", "branch_manager"})
_DESK = _HEADS | {"service_advisor"}
# The advisor moves an order on as well: in most shops it is the advisor who tells the system what the workshop did.
_FLOOR = _DESK | {"technician", "workshop_controller", "technical_head"}

PERMISSIONS: dict[str, frozenset[str]] = {
    "arrivals.read": _FLOOR,
    # Parts are picked by order; customer care asks what was done before it calls.
    "repair_orders.read": _FLOOR | {"parts", "care_specialist", "care_supervisor", "back_office"},
    "repair_orders.open": _DESK,
    "repair_orders.check_in": _DESK,
    "repair_orders.start_work": _FLOOR,
    "repair_orders.finish": _FLOOR,
    "repair_orders.hand_over": _DESK,
    # Whoever sees that a time cannot be kept says so, in the workshop or at the desk.
    "repair_orders.promise": _DESK | {"workshop_controller", "technical_head"},
    # Whose car it is: the desk and the heads of the workshop. Whoever works on the car needs its plate, not the name.
    "personal.names": _DESK | {"care_specialist", "care_supervisor"},
    "personal.plates": _FLOOR | {"parts", "care_specialist", "care_supervisor", "back_office"},
    "files.bring": _FLOOR,
    "files.read": _FLOOR,
    "events.read": frozenset({"system_admin", "hq_admin"}),
    "events.release": frozenset({"system_admin"}),
    "settings.change": frozenset({"branch_manager", "system_admin", "hq_admin"}),
}
