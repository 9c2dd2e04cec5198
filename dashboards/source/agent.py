from common import HOST
from grafana import ORANGE, RED, dashboard, graph, query, stat, table

BY_HOST = "{{instance}}"


def rate(metric):
    return f"rate(pppol2tp_{metric}{{{HOST}}}[$__rate_interval])"


HEALTH = [
    stat("Agents that answer", "Whether Prometheus can scrape them.", f'sum(up{{job="pppol2tp", {HOST}}})', size=(3, 4)),
    stat("Without a ring", "Agents that find no ring to read.", f"count(pppol2tp_ring_attached{{{HOST}}} == 0) or vector(0)",
         thresholds=[(None, "green"), (1, ORANGE)], background=True, size=(3, 4)),
    stat("Failing collectors", "Collectors whose last run failed.",
         f"count(pppol2tp_agent_collector_success{{{HOST}}} == 0) or vector(0)", thresholds=[(None, "green"), (1, RED)], background=True, size=(3, 4)),
    stat("Failing checkpoints", "Agents that cannot write their state file.",
         f"count(pppol2tp_agent_checkpoint_success{{{HOST}}} == 0) or vector(0)", thresholds=[(None, "green"), (1, RED)], background=True, size=(3, 4)),
    stat("Refused configurations", "Agents that refused a bad configuration file; the configuration before it is in force.",
         f"count(pppol2tp_agent_config_last_reload_successful{{{HOST}}} == 0) or vector(0)",
         thresholds=[(None, "green"), (1, ORANGE)], background=True, size=(3, 4)),
    stat("Records lost in an hour", "Records that agents missed or that writers dropped. State and totals were restored from the session table.",
         f"sum(increase(pppol2tp_ring_lost_records_total{{{HOST}}}[1h]) + increase(pppol2tp_ring_dropped_records_total{{{HOST}}}[1h]))",
         thresholds=[(None, "green"), (1, ORANGE)], size=(3, 4)),
    stat("Session table", "How full it is, on the host where it is fullest.",
         f"max(sum without (phase) (pppol2tp_sessions{{{HOST}}}) / pppol2tp_ring_table_slots{{{HOST}}})", "percentunit",
         thresholds=[(None, "green"), (0.7, ORANGE), (0.9, RED)], size=(3, 4)),
    stat("Left out", "Sessions and tunnels that were not shown within the last hour because a limit of the agent was reached.",
         f"sum(increase(pppol2tp_sessions_left_out_total{{{HOST}}}[1h]) + increase(pppol2tp_tunnels_left_out_total{{{HOST}}}[1h]))",
         thresholds=[(None, "green"), (1, RED)], size=(3, 4)),
    table("Versions", "Versions of the agents.", f"pppol2tp_agent_build_info{{{HOST}}}", {"instance": ("Host", None, None), "version": ("Version", None, None)},
          size=(8, 6)),
    table("Running since", "When the agents were started.", f'1000 * process_start_time_seconds{{job="pppol2tp", {HOST}}}',
          {"instance": ("Host", None, None), "Value": ("Started", "dateTimeFromNow", None)}, size=(8, 6)),
    table("Rings", "Records that each ring holds before it overwrites the oldest.", f"pppol2tp_ring_slots{{{HOST}}}",
          {"instance": ("Host", None, None), "Value": ("Records", "short", None)}, size=(8, 6)),
]

RING = [
    graph("Records", "Places claimed by writers, and records read by the agent. The difference was lost.",
          [query(rate("ring_tickets_total"), f"{BY_HOST} claimed"), query(rate("ring_records_total"), f"{BY_HOST} read")], "wps"),
    graph("Losses", "Records that did not arrive through the ring, by kind. The runbook explains them under the alerts on the ring.",
          [query(rate(f"ring_{kind}_total"), f"{BY_HOST} {name}") for kind, name in (
              ("lost_records", "overwritten"), ("dropped_records", "dropped by writers"), ("corrupt_records", "corrupt"),
              ("implausible_positions", "positions refused"), ("session_gaps", "gaps in sessions' numbering"),
              ("unknown_records", "of unknown type"), ("stale_records", "of ended sessions"))], "wps"),
    graph("Session table", "Sessions, and places in the table.",
          [query(f"sum without (phase) (pppol2tp_sessions{{{HOST}}})", f"{BY_HOST} sessions"),
           query(f"pppol2tp_ring_table_slots{{{HOST}}}", f"{BY_HOST} places")], "short"),
    graph("Recovery", "Sessions restored from the session table, sessions that found no place in it, and claimed places of the ring that are not written yet.",
          [query(rate("ring_healed_sessions_total"), f"{BY_HOST} recovered"), query(rate("ring_table_full_total"), f"{BY_HOST} without a place"),
           query(f"pppol2tp_ring_holes{{{HOST}}}", f"{BY_HOST} holes")], "short"),
]

AGENT = [
    graph("Sessions kept", "Sessions with series, ended ones included, and the limit (max_sessions).",
          [query(f"instance:pppol2tp_sessions_kept:sum{{{HOST}}}", f"{BY_HOST} sessions"),
           query(f"pppol2tp_sessions_limit{{{HOST}}}", f"{BY_HOST} max_sessions")], "short"),
    graph("Tunnels", "Tunnels that are up, and the limit (max_tunnels).",
          [query(f"pppol2tp_tunnels{{{HOST}}}", f"{BY_HOST} tunnels"), query(f"pppol2tp_tunnels_limit{{{HOST}}}", f"{BY_HOST} max_tunnels")], "short"),
    graph("How long collectors take", "Duration of each collector's last run.", [query(f"pppol2tp_agent_collector_duration_seconds{{{HOST}}}", "{{instance}} {{collector}}")], "s"),
    graph("How long scrapes take", "As Prometheus measures it, including its own work.",
          [query(f'scrape_duration_seconds{{job="pppol2tp", {HOST}}}', BY_HOST)], "s"),
    graph("Samples", "Samples in each scrape.", [query(f'scrape_samples_scraped{{job="pppol2tp", {HOST}}}', BY_HOST)], "short"),
    graph("HTTP requests", "Requests answered, by path and class of status code.",
          [query(f"sum by (instance, path, code) ({rate('agent_http_requests_total')})", "{{instance}} {{path}} {{code}}")], "reqps"),
    graph("CPU", "CPU used by the agents; 100 % is one core.", [query(f'rate(process_cpu_seconds_total{{job="pppol2tp", {HOST}}}[$__rate_interval])', BY_HOST)],
          "percentunit"),
    graph("Memory", "Resident and virtual.", [query(f'process_resident_memory_bytes{{job="pppol2tp", {HOST}}}', f"{BY_HOST} resident"),
                                             query(f'process_virtual_memory_bytes{{job="pppol2tp", {HOST}}}', f"{BY_HOST} virtual")], "bytes"),
    graph("File descriptors", "Open file descriptors, and the limit.",
          [query(f'process_open_fds{{job="pppol2tp", {HOST}}}', f"{BY_HOST} open"), query(f'process_max_fds{{job="pppol2tp", {HOST}}}', f"{BY_HOST} allowed")],
          "short"),
    graph("Collectors", "1 if the last run succeeded.", [query(f"pppol2tp_agent_collector_success{{{HOST}}}", "{{instance}} {{collector}}")],
          "short"),
]

DASHBOARD = dashboard("agent", "Agent", "The agents' own health: how far the other dashboards can be trusted.",
                      [("Health", HEALTH), ("Ring", RING), ("Agent", AGENT)])
