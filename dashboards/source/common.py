"""What several dashboards say in the same words."""

from grafana import BLUE, GREEN, GREY, ORANGE, RED, link, to_dashboard

HOST = 'instance=~"$instance"'
SESSION = "job, instance, netns, tunnel_id, session_id"
TUNNEL = "job, instance, netns, tunnel_id"

# plugin/ring/phases.def
PHASES = {0: ("dead", GREY), 1: ("initialize", GREY), 2: ("serialconn", BLUE), 3: ("dormant", GREY), 4: ("establish", BLUE),
          5: ("authenticate", BLUE), 6: ("callback", BLUE), 7: ("network", BLUE), 8: ("running", GREEN), 9: ("terminate", ORANGE),
          10: ("disconnect", RED), 11: ("holdoff", ORANGE), 12: ("master", GREY)}
UP = {0: ("down", RED), 1: ("up", GREEN)}
YES = {0: ("no", GREY), 1: ("yes", GREEN)}

TUNNELS_DOWN = ("Tunnels that are still shown because of their sessions but that the kernel no longer has. Where the kernel is not asked: "
                "tunnels without a session that is up or in set-up.")


def field(name):
    """In a link of a table: the value of that column in the same row."""
    return f"${{__data.fields.{name}}}"


TO_OVERVIEW = link("This host", to_dashboard("overview", instance=field("Host")))
TO_TUNNEL = link("This tunnel", to_dashboard("tunnel", instance=field("Host"), tunnel_id=field("Tunnel")))
TO_SESSION = link("This session", to_dashboard("session", instance=field("Host"), tunnel_id=field("Tunnel"), session_id=field("Session")))
TO_AGENT = link("Its agent", to_dashboard("agent", instance=field("Host")))

HOST_COLUMN = ("Host", None, TO_OVERVIEW)
NETNS_COLUMN = ("Namespace", None, None)
TUNNEL_COLUMN = ("Tunnel", None, TO_TUNNEL)
SESSION_COLUMN = ("Session", None, TO_SESSION)


def identified(expr, labels):
    """`expr` of sessions, with labels of who they are."""
    return f"({expr}) * on ({SESSION}) group_left ({labels}) pppol2tp_session_info{{{HOST}}}"


def ended(selector, labels="user, ifname"):
    """Sessions that ended: the value is when, in milliseconds as Grafana wants it."""
    return (f"1000 * pppol2tp_session_end_time_seconds{{{selector}}} * on ({SESSION}) group_left (cause, phase, exit_status, peer_text) "
            f"pppol2tp_session_end_info{{{selector}}} * on ({SESSION}) group_left ({labels}) pppol2tp_session_info{{{selector}}}")


ENDED_COLUMNS = {
    "Value": ("Ended", "dateTimeFromNow", None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": TUNNEL_COLUMN,
    "session_id": SESSION_COLUMN, "user": ("User", None, None), "ifname": ("Interface", None, None), "cause": ("Cause", None, None),
    "phase": ("Furthest phase", None, None), "exit_status": ("Exit status", None, None), "peer_text": ("Peer's words", None, None)}
