from common import ENDED_COLUMNS, HOST, HOST_COLUMN, NETNS_COLUMN, PHASES, SESSION, SESSION_COLUMN, TUNNELS_DOWN, ended, identified
from grafana import ORANGE, RED, annotation, dashboard, graph, query, stat, table, text_box

WHICH = f'tunnel_id=~"$tunnel_id", {HOST}'
NAME = "{{instance}} {{netns}} {{tunnel_id}}"


def both_ways(what):
    return [query(f"rate(pppol2tp_tunnel_{way}_{what}_total{{{WHICH}}}[$__rate_interval])", f"{NAME} {done}")
            for way, done in (("receive", "received"), ("transmit", "sent"))]


def both_ways_bits():
    return [query(f"rate(pppol2tp_tunnel_{way}_bytes_total{{{WHICH}}}[$__rate_interval]) * 8", f"{NAME} {done}")
            for way, done in (("receive", "received"), ("transmit", "sent"))]


DISCARDED = (f"rate(pppol2tp_tunnel_receive_sequence_discards_total{{{WHICH}}}[$__rate_interval]) "
             f"/ (rate(pppol2tp_tunnel_receive_packets_total{{{WHICH}}}[$__rate_interval]) "
             f"+ rate(pppol2tp_tunnel_receive_sequence_discards_total{{{WHICH}}}[$__rate_interval]))")

NOW = [
    stat("Sessions", "Sessions of the tunnel that have not ended.", f"sum(pppol2tp_tunnel_sessions{{{WHICH}}})"),
    stat("Maximum in an hour", "The alert on a mass drop compares with this.", f"sum(tunnel:pppol2tp_sessions:max1h{{{WHICH}}})"),
    stat("Dropped", "Share of the arriving packets that the kernel drops because of their sequence number, on the worst tunnel.",
         f"max({DISCARDED})", "percentunit", thresholds=[(None, "green"), (0.001, ORANGE), (0.01, RED)]),
    stat("Down", TUNNELS_DOWN, f"count(pppol2tp_tunnel_up{{{WHICH}}} == 0) or 0 * count(pppol2tp_tunnel_up{{{WHICH}}})",
         thresholds=[(None, "green"), (1, ORANGE)]),
    stat("Ethernet sessions", "L2TPv3 sessions that carry Ethernet. They are not PPP sessions, so no other panel counts them.",
         f"sum(pppol2tp_tunnel_ethernet_sessions{{{WHICH}}})"),
    table("Peer", "The tunnel's other end, by the peer's address, port and id.", f"pppol2tp_tunnel_info{{{WHICH}}}",
          {"instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": ("Tunnel", None, None), "peer_address": ("Peer", None, None),
           "peer_port": ("Port", None, None), "peer_tunnel_id": ("Peer's id", None, None)}, size=(24, 7)),
]

TRAFFIC = [
    graph("Sessions", "Sessions that have not ended.", [query(f"pppol2tp_tunnel_sessions{{{WHICH}}}", NAME)], "short"),
    graph("Traffic", "All sessions of the tunnel; sending is drawn downwards.", both_ways_bits(), "bps", mirrored="/sent$/"),
    graph("Packets", "All sessions of the tunnel; sending is drawn downwards.", both_ways("packets"), "pps", mirrored="/sent$/"),
    graph("Errors", "Received packets that were dropped, for any reason, and packets that the kernel failed to send (drawn downwards).",
          both_ways("errors"), "pps", mirrored="/sent$/"),
    graph("Dropped because of sequence numbers",
          "Share of the arriving packets. With sequencing on and no reorder time-out (pppol2tp_reorderto), a lost packet costs packets behind it.",
          [query(DISCARDED, NAME)], "percentunit", thresholds=[(None, "green"), (0.01, RED)]),
    graph("Out of order", "Packets that arrived out of order and were reordered.",
          [query(f"rate(pppol2tp_tunnel_receive_out_of_sequence_total{{{WHICH}}}[$__rate_interval])", NAME)], "pps"),
    graph("Tunnels that are up", "1 while the kernel has the tunnel; where the kernel is not asked, while the tunnel has a session.",
          [query(f"pppol2tp_tunnel_up{{{WHICH}}}", NAME)], "short"),
    graph("Refused by the kernel", "Packets that were invalid or for no session, and packets with a wrong cookie (L2TPv3). "
          "Zero where the kernel is not asked.",
          [query(f"rate(pppol2tp_tunnel_receive_invalid_total{{{WHICH}}}[$__rate_interval])", f"{NAME} for nobody"),
           query(f"rate(pppol2tp_tunnel_receive_cookie_discards_total{{{WHICH}}}[$__rate_interval])", f"{NAME} wrong cookie")], "pps"),
]

SESSIONS = [
    table("Sessions with most traffic", "Received plus sent. Click a session's number to see it.",
          "topk(20, " + identified(f"8 * (rate(pppol2tp_session_receive_bytes_total{{{WHICH}}}[$__rate_interval]) "
                                   f"+ rate(pppol2tp_session_transmit_bytes_total{{{WHICH}}}[$__rate_interval]))", "user, ifname") + ")",
          {"Value": ("Traffic", "bps", None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": ("Tunnel", None, None),
           "session_id": SESSION_COLUMN, "user": ("User", None, None), "ifname": ("Interface", None, None)}, sort="Value"),
    table("Sessions that are not running", "Sessions in set-up or tear-down, by phase; at most twenty.",
          "topk(20, " + identified(f"pppol2tp_session_phase{{{WHICH}}} != 8 unless on ({SESSION}) "
                                   f"pppol2tp_session_end_time_seconds{{{WHICH}}}", "user, ifname") + ")",
          {"Value": ("Phase", None, None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": ("Tunnel", None, None),
           "session_id": SESSION_COLUMN, "user": ("User", None, None), "ifname": ("Interface", None, None)}),
    graph("Sessions with IPv4 and IPv6 up", "Sessions of the tunnel on which IPv4 or IPv6 is up.",
          [query(f"sum by (family) (pppol2tp_session_network_up{{{WHICH}}})", "{{family}}")], "short"),
    graph("How long set-ups took", "From pppd's start until the phase running, for the sessions shown now: median and slowest.",
          [query(f"quantile(0.5, pppol2tp_session_setup_seconds{{{WHICH}}})", "median"),
           query(f"max(pppol2tp_session_setup_seconds{{{WHICH}}})", "slowest")], "s"),
    table("Sessions that ended last, and why", "The fifty latest; the agents keep them for their retention time.",
          f"topk(50, {ended(WHICH)})", ENDED_COLUMNS, size=(24, 9), sort="Value"),
]
for panel in SESSIONS:
    if panel["title"] == "Sessions that are not running":
        texts = {str(value): {"text": text, "color": color, "index": value} for value, (text, color) in PHASES.items()}
        panel["fieldConfig"]["overrides"].append({"matcher": {"id": "byName", "options": "Phase"}, "properties": [
            {"id": "mappings", "value": [{"type": "value", "options": texts}]}]})

DASHBOARD = dashboard(
    "tunnel", "Tunnel", "One tunnel, or several: sessions, traffic, losses.",
    [("Now", NOW), ("Over time", TRAFFIC), ("Sessions", SESSIONS)],
    variables=[text_box("tunnel_id", "Tunnel", ".*", "This host's id of the tunnel, or a regular expression. A text box, because there may be thousands.")],
    annotations=[annotation("Alerts", f'ALERTS{{alertname=~"Pppol2tp.+", alertname!="Pppol2tpSessionDown", alertstate="firing", {WHICH}}}', "red",
                            "{{alertname}}", "{{instance}} {{tunnel_id}}")])
