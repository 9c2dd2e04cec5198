"""The dashboards as Grafana would ask: variables put in, every query with where it stands."""

import json

from engines import ROOT
from live import RATE_WINDOW


# Only the kernel's word makes them, and simulated sessions have no kernel: real_session_test asks for them.
KERNEL_METRICS = {"pppol2tp_session_kernel_present"}


def needs_kernel(expression):
    return any(metric in expression for metric in KERNEL_METRICS)


def boards():
    return [json.loads(file.read_text()) for file in sorted((ROOT / "dashboards").glob("*.json"))]


def variables(lost):
    """Values for all dashboards: everything, but for the one session whose life is shown."""
    common = {"instance": ".*", "__rate_interval": RATE_WINDOW}
    return {"pppol2tp-overview": common, "pppol2tp-agent": common,
            "pppol2tp-tunnel": common | {"tunnel_id": ".*"},
            "pppol2tp-session": common | {"instance": lost["instance"], "tunnel_id": lost["tunnel_id"],
                                          "session_id": lost["session_id"], "user": lost["user"]}}


def filled_in(expression, values):
    for name in sorted(values, key=len, reverse=True):
        expression = expression.replace("$" + name, values[name])
    return expression


def queries(board, values):
    """(panel or annotation's title, expression, whether it is asked for one moment, not for the time that is shown)."""
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], filled_in(target["expr"], values), target.get("instant", False)
    for annotation in board["annotations"]["list"]:
        yield f"annotation {annotation['name']}", filled_in(annotation["expr"], values), False


def answer(engine, expression, instant):
    """What Grafana would get, for the last five minutes; empty when there is nothing to show."""
    return engine.query(expression) if instant else engine.query_range(expression, 300, 5)
