from common import ENDED_COLUMNS, HOST, HOST_COLUMN, NETNS_COLUMN, PHASES, SESSION, SESSION_COLUMN, TUNNEL_COLUMN, UP, YES, ended
from grafana import RED, annotation, dashboard, graph, query, stat, table, text_box, timeline

# Exact ids: without them there is no session to show, and never a hundred thousand.
WHICH = f'tunnel_id="$tunnel_id", session_id="$session_id", {HOST}'
FOUND = f'user=~".*$user.*", {HOST}'


def both_ways(what, factor=""):
    return [query(f"rate(pppol2tp_session_{way}_{what}_total{{{WHICH}}}[$__rate_interval]){factor}", done)
            for way, done in (("receive", "received"), ("transmit", "sent"))]


# A pppd that is gone no longer reports a phase: an ended session is shown as dead.
PHASE = (f"max by ({SESSION}) ((pppol2tp_session_phase{{{WHICH}}} unless pppol2tp_session_end_time_seconds{{{WHICH}}}) "
         f"or 0 * pppol2tp_session_end_time_seconds{{{WHICH}}})")

FIND = [
    table("Sessions of the user", "At most fifty sessions whose user name contains the text above, the latest first. Click a session's number to show it below.",
          f"topk(50, 1000 * pppol2tp_session_start_time_seconds{{{HOST}}} * on (job, instance, netns, tunnel_id, session_id) "
          f"group_left (user, ifname, peer_address, remote_ipv4) pppol2tp_session_info{{{FOUND}}})",
          {"Value": ("Began", "dateTimeFromNow", None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": TUNNEL_COLUMN,
           "session_id": SESSION_COLUMN, "user": ("User", None, None), "ifname": ("Interface", None, None),
           "peer_address": ("Peer", None, None), "remote_ipv4": ("Address", None, None)}, size=(24, 6), sort="Value"),
]

WHO = [
    stat("Link", "Whether the session's link is up.", f"pppol2tp_session_up{{{WHICH}}}", mappings=UP, background=True, size=(2, 4)),
    stat("Phase", "Phase of the PPP link.", PHASE, mappings=PHASES, size=(3, 4)),
    stat("Began", "When pppd got the session's socket.", f"1000 * pppol2tp_session_start_time_seconds{{{WHICH}}}", "dateTimeFromNow", size=(3, 4)),
    stat("Set up in", "From pppd's start until the phase running.", f"pppol2tp_session_setup_seconds{{{WHICH}}}", "s", size=(3, 4)),
    stat("In this phase", "When the link entered its current phase.", f"1000 * pppol2tp_session_phase_start_time_seconds{{{WHICH}}}",
         "dateTimeFromNow", size=(3, 4)),
    stat("IPv4 and IPv6", "Whether the network protocols are up.", f"pppol2tp_session_network_up{{{WHICH}}}", mappings=UP, legend="{{family}}",
         size=(3, 4)),
    stat("MTU", "MTU of the interface, in bytes.", f"pppol2tp_session_mtu_bytes{{{WHICH}}}", "none", size=(2, 4)),
    stat("MRU", "MRU for received packets, in bytes.", f"pppol2tp_session_mru_bytes{{{WHICH}}}", "none", size=(2, 4)),
    stat("Reorder time-out", "How long the kernel was asked to wait for a packet that is out of sequence.",
         f"pppol2tp_session_reorder_timeout_seconds{{{WHICH}}}", "s", size=(3, 4)),
    table("Who", "What is known about the session.", f"pppol2tp_session_info{{{WHICH}}}",
          {"user": ("User", None, None), "role": ("Role", None, None), "ifname": ("Interface", None, None), "peer_address": ("Peer", None, None),
           "peer_tunnel_id": ("Peer's tunnel", None, None), "peer_session_id": ("Peer's session", None, None),
           "local_ipv4": ("Own IPv4", None, None), "remote_ipv4": ("Peer's IPv4", None, None), "local_ipv6": ("Own IPv6", None, None),
           "remote_ipv6": ("Peer's IPv6", None, None), "ipparam": ("ipparam", None, None), "pid": ("pppd's pid", None, None),
           "pppd_version": ("pppd", None, None), "plugin_version": ("Plugin", None, None)}, size=(24, 4)),
    table("Why it ended", "Filled when the session has ended, for the agent's retention time.", ended(WHICH), ENDED_COLUMNS, size=(16, 4)),
    stat("Sequencing", "Whether data packets carry (sent) or must carry (received) sequence numbers.", f"pppol2tp_session_sequencing{{{WHICH}}}",
         mappings=YES, legend="{{direction}}", size=(4, 4)),
    stat("Asyncmap", "What the peers agreed on (RFC 1662), as a number.", f"pppol2tp_session_accm{{{WHICH}}}", "none", legend="{{direction}}", size=(4, 4)),
]

LIFE = [
    timeline("Phases", "Phases of the PPP link. A link that goes down passes network and establish again.",
             [query(PHASE, "phase")], PHASES),
    timeline("Known to", "Which sources know the session: the plugin in its pppd, the process table, and the kernel, where it is asked. "
             "If the kernel has lost the session of a running pppd, see Pppol2tpSessionsInDisagreement in the runbook.",
             [query(f"pppol2tp_session_{witness}_present{{{WHICH}}}", witness) for witness in ("plugin", "process", "kernel")], YES),
    graph("Traffic", "With the L2TP header, without UDP and IP; sending is drawn downwards.", both_ways("bytes", " * 8"), "bps", mirrored="sent"),
    graph("Packets", "Data packets; sending is drawn downwards.", both_ways("packets"), "pps", mirrored="sent"),
    graph("Errors", "Received packets that were dropped, and packets that the kernel failed to send (drawn downwards).", both_ways("errors"), "pps",
          mirrored="sent"),
    graph("Sequence numbers", "Packets dropped because of their sequence number, and packets that were reordered.",
          [query(f"rate(pppol2tp_session_receive_sequence_discards_total{{{WHICH}}}[$__rate_interval])", "dropped"),
           query(f"rate(pppol2tp_session_receive_out_of_sequence_total{{{WHICH}}}[$__rate_interval])", "reordered")], "pps",
          thresholds=[(None, "green"), (1, RED)]),
    graph("LCP echo", "Round-trip time of the latest answered LCP Echo-Request. Empty unless pppd sends them (lcp-echo-interval).",
          [query(f"pppol2tp_session_lcp_echo_rtt_seconds{{{WHICH}}}", "round trip")], "s"),
    graph("LCP echoes answered and lost", "LCP Echo-Requests per second: sent by this host, answered and lost.",
          [query(f"rate(pppol2tp_session_lcp_echo_requests_total{{{WHICH}}}[$__rate_interval])", "sent"),
           query(f"rate(pppol2tp_session_lcp_echo_replies_total{{{WHICH}}}[$__rate_interval])", "answered"),
           query(f"rate(pppol2tp_session_lcp_echo_losses_total{{{WHICH}}}[$__rate_interval])", "lost")], "cps"),
    graph("MTU and MRU before clamping", "MTU and MRU that LCP negotiated, in bytes, if smaller ones are used. Empty if nothing was clamped.",
          [query(f"pppol2tp_session_negotiated_mtu_bytes{{{WHICH}}}", "MTU agreed on"),
           query(f"pppol2tp_session_negotiated_mru_bytes{{{WHICH}}}", "MRU agreed on")], "none"),
]

DASHBOARD = dashboard(
    "session", "Session", "One session's life: who it is, its phases, its traffic, what it lost, why it ended.",
    [("Find", FIND), ("Identity and state", WHO), ("Over time", LIFE)],
    variables=[text_box("user", "User", "", "Part of a user name, to find sessions."),
               text_box("tunnel_id", "Tunnel", "", "This host's id of the tunnel."),
               text_box("session_id", "Session", "", "This host's id of the session.")],
    annotations=[annotation("Began", f"1000 * pppol2tp_session_start_time_seconds{{{WHICH}}}", "green", "began", "pppd got the socket", time_is_value=True),
                 annotation("Ended", ended(WHICH), "red", "{{cause}}", "{{peer_text}}", time_is_value=True),
                 annotation("Alerts", f'ALERTS{{alertname=~"Pppol2tpSession.+", alertstate="firing", {WHICH}}}', "orange", "{{alertname}}", "{{cause}}")])
