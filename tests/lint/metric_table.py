"""The metric table as the agent prints it, and what is wrong with a PromQL expression by it. For the lints beside."""

import dataclasses
import re
import subprocess

import yaml

# Labels and metrics that do not come from us: a scrape's own, and what Prometheus writes of alerts (with any label).
SCRAPE_LABELS = {"instance", "job"}
SCRAPE_METRICS = {"up", "scrape_duration_seconds", "scrape_samples_scraped"}
ALERTS = "ALERTS"
SCOPE_LABELS = {"Sessions": {"tunnel_id", "session_id", "netns"}, "Tunnels": {"tunnel_id", "netns"}}

_ROW = re.compile(r"\| `(\w+)` \| (\w+) \| (.*?) \| ")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"[A-Za-z_][\w:]*(?![\w:])")
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
_COUNTED = re.compile(r"\b(?:rate|increase|irate)\s*\(\s*([A-Za-z_][\w:]*)")
_MADE_LABEL = re.compile(r'label_(?:replace|join)\s*\((?:[^"]|"")*?,\s*"(\w+)"')


@dataclasses.dataclass
class Metric:
    kind: str
    labels: set
    is_histogram: bool = False  # one of a histogram's kinds of samples


def metric_table(agent):
    """{metric: Metric}; a histogram stands there as its three kinds of samples."""
    text = subprocess.run([agent, "--print-metrics"], check=True, capture_output=True, text=True).stdout
    table = {}
    for part in text.split("\n## ")[1:]:
        scope = SCOPE_LABELS.get(part.split("\n", 1)[0], set())
        for name, kind, labels in _ROW.findall(part):
            # A label is `name` or `name="value"`; explanations follow in parentheses.
            own = scope | set(re.findall(r'`(\w+)(?:="[^`]*)?`', labels))
            if kind == "histogram":
                table |= {name + "_bucket": Metric("counter", own | {"le"}, True),
                          name + "_sum": Metric("counter", own, True), name + "_count": Metric("counter", own, True)}
            else:
                table[name] = Metric(kind, own)
    return table


def metrics_of(expression):
    """Names of metrics, ours and recorded ones; in the order of the expression."""
    bare = _GROUPING.sub("", _STRING.sub('""', expression))
    bare = re.sub(r"{[^}]*}", "", bare)
    return [name for name in _NAME.findall(bare)
            if ":" in name or name.startswith(("pppol2tp_", "process_")) or name in SCRAPE_METRICS | {ALERTS}]


def labels_of(expression, table):
    """Labels that the expression's series can have."""
    labels = set(SCRAPE_LABELS)
    for metric in metrics_of(expression):
        labels |= table[metric].labels if metric in table else set()
    if ALERTS in metrics_of(expression):
        labels |= {"alertname", "alertstate", "severity"}.union(*(metric.labels for metric in table.values()))
    return labels | set(_MADE_LABEL.findall(expression))


def faults_of_expression(expression, table):
    metrics = metrics_of(expression)
    unknown = [metric for metric in metrics if metric not in table and metric not in SCRAPE_METRICS | {ALERTS}]
    if unknown:
        yield f"no such metric: {', '.join(unknown)}"
        return
    if not metrics:
        yield "asks for no metric of ours"
    asked = {label.strip() for group in _GROUPING.findall(expression) for label in group.split(",") if label.strip()}
    asked.update(_MATCHER.findall(expression))
    for label in sorted(asked - labels_of(expression, table)):
        yield f"no such label of {', '.join(metrics)}: {label}"
    for name in _COUNTED.findall(expression):
        if name in table and table[name].kind != "counter":
            yield f"a rate of what is no counter: {name}"


def rules_of(root):
    """(file, rule), recordings first: alerts ask for what they record."""
    files = sorted((root / "deploy/prometheus/rules").glob("*.yml"))
    rules = [(file, rule) for file in files for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]
    return sorted(rules, key=lambda pair: "record" not in pair[1])


def add_recorded(rules, table):
    """What recording rules make counts as metrics, with the labels that it can have."""
    for _, rule in rules:
        if "record" in rule:
            table[rule["record"]] = Metric("gauge", labels_of(rule["expr"], table))
