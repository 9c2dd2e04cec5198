from common import (ENDED_COLUMNS, HOST, HOST_COLUMN, NETNS_COLUMN, SESSION_COLUMN, TO_AGENT, TUNNEL, TUNNEL_COLUMN, TUNNELS_DOWN,
                    ended, identified)
from grafana import ORANGE, RED, annotation, dashboard, graph, heatmap, link, query, stat, table, to_dashboard

NOW = [
    stat("Agents down", "Agents that Prometheus cannot scrape. Sessions do not depend on the agent.",
         f'count(up{{job="pppol2tp", {HOST}}} == 0) or vector(0)', thresholds=[(None, "green"), (1, RED)], background=True, size=(3, 4)),
    stat("Alerts", "Alerts of this project that are firing, of any severity.",
         f'count(ALERTS{{alertname=~"Pppol2tp.+", alertstate="firing", {HOST}}}) or vector(0)',
         thresholds=[(None, "green"), (1, ORANGE)], background=True, size=(3, 4)),
    stat("Sessions up", "Sessions whose link is up.", f"sum(pppol2tp_sessions_up{{{HOST}}})", size=(3, 4)),
    stat("In set-up", "Sessions in set-up: begun, but the link is not up yet.",
         f'sum(pppol2tp_sessions{{phase=~"initialize|serialconn|establish|authenticate|callback|network", {HOST}}})', size=(3, 4)),
    stat("Ended lately", "Sessions that ended within the agents' retention time.", f"sum(pppol2tp_sessions_departed{{{HOST}}})", size=(3, 4)),
    stat("Tunnels", "Tunnels that are up.", f"sum(pppol2tp_tunnels{{{HOST}}})", size=(3, 4)),
    stat("Receiving", "All sessions; with the L2TP header, without UDP and IP.",
         f"sum(rate(pppol2tp_receive_bytes_total{{{HOST}}}[$__rate_interval])) * 8", "bps", size=(3, 4)),
    stat("Sending", "All sessions; with the L2TP header, without UDP and IP.",
         f"sum(rate(pppol2tp_transmit_bytes_total{{{HOST}}}[$__rate_interval])) * 8", "bps", size=(3, 4)),
]

# Left: entries that a session matches. Right: entries that no session matches.
EXPECTED = (f"pppol2tp_expected_session_up{{{HOST}}} * on (job, instance, name) group_left (netns, tunnel_id, session_id, ifname) "
            f"pppol2tp_expected_session_info{{{HOST}}} or on (job, instance, name) pppol2tp_expected_session_up{{{HOST}}}")

PROMISES = [
    stat("Expected sessions down", "Entries of the agents' option expected_sessions that no session that is up matches.",
         f"count(pppol2tp_expected_session_up{{{HOST}}} == 0) or vector(0)", thresholds=[(None, "green"), (1, RED)], background=True,
         size=(4, 7)),
    stat("In disagreement", "Sessions about which plugin and kernel say different things.",
         f"sum(pppol2tp_sessions_in_disagreement{{{HOST}}})", thresholds=[(None, "green"), (1, ORANGE)], background=True,
         size=(4, 7)),
    stat("Tunnels down", TUNNELS_DOWN, f"count(pppol2tp_tunnel_up{{{HOST}}} == 0) or 0 * count(pppol2tp_tunnel_up{{{HOST}}})",
         thresholds=[(None, "green"), (1, ORANGE)],
         background=True, size=(4, 7)),
    table("Expected sessions", "Entries of the agents' option expected_sessions, and the session that matches each of them now.", EXPECTED,
          {"name": ("Name", None, None), "Value": ("Up", "bool_yes_no", None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN,
           "tunnel_id": TUNNEL_COLUMN, "session_id": SESSION_COLUMN, "ifname": ("Interface", None, None)}, size=(12, 7)),
    graph("Plugin and kernel disagree", "Sessions, by kind: the kernel lost the session of a running pppd, or still has the session of a dead "
          "one, or no plugin reports it. Empty where the kernel is not asked.",
          [query(f"sum by (kind) (pppol2tp_sessions_in_disagreement{{{HOST}}})", "{{kind}}")], "short", stacked=True, size=(24, 6)),
]

SESSIONS = [
    graph("Sessions by phase", "Sessions that have not ended, by the phase of their link.",
          [query(f"sum by (phase) (pppol2tp_sessions{{{HOST}}}) > 0", "{{phase}}")], "short", stacked=True),
    graph("Sessions up by host", "The twenty hosts with the most sessions.",
          [query(f"topk(20, pppol2tp_sessions_up{{{HOST}}})", "{{instance}}")], "short",
          links=link("This host", to_dashboard("overview", instance="${__field.labels.instance}"))),
    graph("Starts and ends", "Sessions that began and that ended, per second.",
          [query(f"sum(rate(pppol2tp_session_starts_total{{{HOST}}}[$__rate_interval]))", "starts"),
           query(f"sum(rate(pppol2tp_session_ends_total{{{HOST}}}[$__rate_interval]))", "ends")], "cps", mirrored="ends"),
    graph("Ends by cause", "Sessions that ended, per second. EVENTS.md explains the causes.",
          [query(f"sum by (cause) (rate(pppol2tp_session_ends_total{{{HOST}}}[$__rate_interval])) > 0", "{{cause}}")],
          "cps", stacked=True, bars=True),
    heatmap("How long set-ups take", "From the start of a session's pppd until the phase running.",
            f'sum by (le) (increase(pppol2tp_session_setup_duration_seconds_bucket{{phase="running", {HOST}}}[$__rate_interval]))', "{{le}}", "s",
            buckets=True),
    graph("Set-ups that failed", "Sessions that ended before their link was up, per second, by the furthest phase reached.",
          [query(f"sum by (phase) (rate(pppol2tp_session_setup_failures_total{{{HOST}}}[$__rate_interval])) > 0", "{{phase}}")],
          "cps", stacked=True, bars=True),
    graph("Authentications", "Authentications with a result, per second: of peers to this host (of_peer) and of this host to peers (to_peer).",
          [query(f"sum by (direction, protocol, result) (rate(pppol2tp_authentication_attempts_total{{{HOST}}}[$__rate_interval])) > 0",
                 "{{direction}} {{protocol}} {{result}}")],
          "cps", stacked=True, bars=True),
    heatmap("LCP echo round trips", "Of all sessions whose pppd sends LCP Echo-Requests (lcp-echo-interval).",
            f"sum by (le) (increase(pppol2tp_lcp_echo_rtt_seconds_bucket{{{HOST}}}[$__rate_interval]))", "{{le}}", "s", buckets=True),
]

TRAFFIC = [
    graph("Traffic", "All sessions, as the hosts see it; sending is drawn downwards.",
          [query(f"sum(rate(pppol2tp_receive_bytes_total{{{HOST}}}[$__rate_interval])) * 8", "received"),
           query(f"sum(rate(pppol2tp_transmit_bytes_total{{{HOST}}}[$__rate_interval])) * 8", "sent")], "bps", mirrored="sent"),
    graph("Packets", "All sessions; sending is drawn downwards.",
          [query(f"sum(rate(pppol2tp_receive_packets_total{{{HOST}}}[$__rate_interval]))", "received"),
           query(f"sum(rate(pppol2tp_transmit_packets_total{{{HOST}}}[$__rate_interval]))", "sent")], "pps", mirrored="sent"),
    heatmap("Packets dropped because of sequence numbers", "Each row is a tunnel; the twenty with the most dropped packets.",
            f"topk(20, rate(pppol2tp_tunnel_receive_sequence_discards_total{{{HOST}}}[$__rate_interval]) > 0)",
            "{{instance}} {{netns}} {{tunnel_id}}", "pps"),
]

TALKERS = [
    table("Tunnels with most traffic", "Received plus sent.",
          f"topk(10, 8 * (rate(pppol2tp_tunnel_receive_bytes_total{{{HOST}}}[$__rate_interval]) "
          f"+ rate(pppol2tp_tunnel_transmit_bytes_total{{{HOST}}}[$__rate_interval])) "
          f"* on ({TUNNEL}) group_left (peer_address) pppol2tp_tunnel_info{{{HOST}}})",
          {"Value": ("Traffic", "bps", None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": TUNNEL_COLUMN,
           "peer_address": ("Peer", None, None)}, sort="Value"),
    table("Sessions with most traffic", "Received plus sent. Reads the counters of every session, which is slow with hundreds of thousands of them.",
          "topk(10, " + identified(f"8 * (rate(pppol2tp_session_receive_bytes_total{{{HOST}}}[$__rate_interval]) "
                                   f"+ rate(pppol2tp_session_transmit_bytes_total{{{HOST}}}[$__rate_interval]))", "user, ifname") + ")",
          {"Value": ("Traffic", "bps", None), "instance": HOST_COLUMN, "netns": NETNS_COLUMN, "tunnel_id": TUNNEL_COLUMN,
           "session_id": SESSION_COLUMN, "user": ("User", None, None), "ifname": ("Interface", None, None)}, sort="Value"),
    table("Sessions that ended last, and why", "The fifty latest; the agents keep them for their retention time.",
          f"topk(50, {ended(HOST)})", ENDED_COLUMNS, size=(24, 10), sort="Value"),
    table("Alerts", "Alerts that are firing now.", f'ALERTS{{alertname=~"Pppol2tp.+", alertstate="firing", {HOST}}}',
          {"alertname": ("Alert", None, None), "severity": ("Severity", None, None), "instance": HOST_COLUMN,
           "tunnel_id": TUNNEL_COLUMN, "session_id": SESSION_COLUMN, "user": ("User", None, None), "cause": ("Cause", None, None)}, size=(24, 8)),
    table("Hosts", "Whether the agent on each host answers.", f'up{{job="pppol2tp", {HOST}}}',
          {"instance": ("Host", None, TO_AGENT), "Value": ("Agent answers", "bool_yes_no", None)}, size=(24, 6)),
]

DASHBOARD = dashboard(
    "overview", "Overview", "All hosts: sessions, their ends and causes, the busiest.",
    [("Now", NOW), ("Expected sessions and disagreements", PROMISES), ("Sessions", SESSIONS), ("Traffic", TRAFFIC), ("Busiest and latest", TALKERS)],
    annotations=[annotation("Mass drops", f'ALERTS{{alertname=~"Pppol2tp.+MassDrop", alertstate="firing", {HOST}}}', "red",
                            "{{alertname}}", "{{instance}} {{tunnel_id}}")])
