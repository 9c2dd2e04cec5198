"""Grafana's dashboard model, as far as we use it: panels as functions, rows that lay them out.

What every panel has to have (a title, a description, a unit, the data source as a variable) is a parameter or is put in
here, so that it cannot be forgotten. Classic JSON of schema version 38: Grafana 10 reads it as it is, 11 and 12 migrate it.
"""

import re

WIDTH = 24  # columns of Grafana's grid
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
TAG = "pppol2tp"

GREEN, BLUE, ORANGE, RED, GREY = "green", "blue", "orange", "red", "text"
NO_THRESHOLDS = [(None, GREEN)]


def query(expr, legend="", *, table=False, instant=False, heatmap=False):
    found = {"datasource": DATASOURCE, "expr": " ".join(expr.split()), "legendFormat": legend}
    if table or instant:
        found |= {"instant": True, "range": False}
    if table:
        found |= {"format": "table"}
    if heatmap:
        found |= {"format": "heatmap"}
    return found


# Series that agents leave out at a lower detail. Sums over all sessions of a host have names that begin alike.
_SINGLE = {"sessions": re.compile(r"pppol2tp_session_(?!starts_|ends_|setup_duration_|setup_failures_)"),
           "tunnels": re.compile(r"pppol2tp_tunnel_|\btunnel:")}


def _why_empty(kind, queries):
    """(an addition to the description, an addition to the defaults): a table would put noValue into every empty cell."""
    asked = " ".join(one["expr"] for one in queries)
    single = next((what for what, names in _SINGLE.items() if names.search(asked)), None)
    if not single:
        return "", {}
    if kind == "table":
        return f" Empty where agents do not show single {single} (their option metrics.detail).", {}
    return "", {"noValue": "None (metrics.detail?)" if kind == "stat"
                else f"None, or the agent does not show single {single} (its option metrics.detail)"}


def _panel(kind, title, description, queries, size, unit, thresholds=None, mappings=None, **more):
    steps = [{"color": color, "value": value} for value, color in thresholds or NO_THRESHOLDS]
    explanation, no_value = _why_empty(kind, queries)
    defaults = {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps}} | no_value
    if mappings:
        defaults["mappings"] = [{"type": "value", "options": {
            str(value): {"text": text, "color": color, "index": i} for i, (value, (text, color)) in enumerate(mappings.items())}}]
    defaults |= more.pop("defaults", {})
    width, height = size
    return {
        "type": kind, "title": title, "description": description + explanation, "datasource": DATASOURCE,
        "gridPos": {"w": width, "h": height},
        "targets": [{"refId": chr(ord("A") + i)} | one for i, one in enumerate(queries)],
        "fieldConfig": {"defaults": defaults, "overrides": more.pop("overrides", [])},
        "options": more.pop("options", {}),
    } | more


def stat(title, description, expr, unit="short", *, size=(4, 4), thresholds=None, mappings=None, legend="",
         background=False, links=None, text=False):
    # A number says where it comes from by its colour only where there are thresholds or names for values.
    coloured = thresholds or mappings
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
               "colorMode": "background" if background else "value" if coloured else "none",
               "graphMode": "none", "wideLayout": True, "showPercentChange": False, "percentChangeColorMode": "standard",
               "textMode": "name" if text else "auto", "justifyMode": "auto", "orientation": "auto"}
    return _panel("stat", title, description, [query(expr, legend, instant=True)], size, unit, thresholds, mappings,
                  options=options, defaults={"links": links} if links else {})


def graph(title, description, queries, unit, *, size=(12, 8), stacked=False, bars=False, floor=0, thresholds=None,
          mirrored=None, links=None):
    """Lines over time. `mirrored`: a pattern of legends that are drawn downwards."""
    custom = {"drawStyle": "bars" if bars else "line", "lineWidth": 1, "fillOpacity": 60 if bars else 25 if stacked else 10,
              "showPoints": "never", "spanNulls": False, "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              "thresholdsStyle": {"mode": "line" if thresholds else "off"}}
    defaults = {"custom": custom, "color": {"mode": "palette-classic"}} | ({} if mirrored else {"min": floor})
    if links:
        defaults["links"] = links
    overrides = [{"matcher": {"id": "byRegexp", "options": mirrored},
                  "properties": [{"id": "custom.transform", "value": "negative-Y"}]}] if mirrored else []
    options = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return _panel("timeseries", title, description, queries, size, unit, thresholds, options=options, defaults=defaults,
                  overrides=overrides)


def timeline(title, description, queries, mappings, *, size=(24, 5)):
    """Named states over time."""
    options = {"mergeValues": True, "showValue": "auto", "alignValue": "left", "rowHeight": 0.8,
               "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
               "tooltip": {"mode": "single", "sort": "none"}}
    return _panel("state-timeline", title, description, queries, size, "short", mappings=mappings, options=options,
                  defaults={"custom": {"lineWidth": 0, "fillOpacity": 80}, "color": {"mode": "thresholds"}})


def heatmap(title, description, expr, legend, unit, *, size=(12, 8), buckets=False):
    """How many, by colour. `buckets`: the query gives a histogram's buckets; else each series is a row."""
    options = {"calculate": False, "cellGap": 1, "yAxis": {"axisPlacement": "left", "unit": unit if buckets else "short"},
               "rowsFrame": {"layout": "auto"}, "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5,
                                                          "fill": "dark-orange", "scale": "exponential", "reverse": False},
               "cellValues": {"unit": "short" if buckets else unit}, "filterValues": {"le": 1e-9},
               "legend": {"show": True}, "tooltip": {"mode": "single", "yHistogram": False, "showColorScale": True},
               "exemplars": {"color": "rgba(255,0,255,0.7)"}, "showValue": "never"}
    return _panel("heatmap", title, description, [query(expr, legend, heatmap=buckets)], size, unit, options=options)


def table(title, description, expr, columns, *, size=(12, 8), sort=None):
    """One query. `columns`: {label or "Value": (heading, unit or None, links or None)}, in order; others are hidden."""
    overrides = []
    for heading, unit, links in columns.values():
        properties = ([{"id": "unit", "value": unit}] if unit else []) + ([{"id": "links", "value": links}] if links else [])
        if properties:
            overrides.append({"matcher": {"id": "byName", "options": heading}, "properties": properties})
    organize = {"id": "organize", "options": {
        "excludeByName": {"Time": True} | ({} if "Value" in columns else {"Value": True}),
        "indexByName": {name: index for index, name in enumerate(columns)},
        "renameByName": {name: heading for name, (heading, _, _) in columns.items()}}}
    only = {"id": "filterFieldsByName", "options": {"include": {"names": list(columns)}}}
    options = {"frameIndex": 0, "showHeader": True, "cellHeight": "sm", "footer": {"show": False, "reducer": ["sum"], "countRows": False}}
    if sort:
        options["sortBy"] = [{"displayName": columns[sort][0], "desc": True}]
    return _panel("table", title, description, [query(expr, table=True)], size, "short", options=options,
                  defaults={"custom": {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False}},
                  overrides=overrides, transformations=[only, organize])


def link(title, url):
    return [{"title": title, "url": url, "targetBlank": False}]


def to_dashboard(uid, **variables):
    """A link's address: another dashboard of ours, same time and data source, with variables set."""
    given = "".join(f"&var-{name}={value}" for name, value in variables.items())
    return f"/d/pppol2tp-{uid}?${{datasource:queryparam}}&${{__url_time_range}}{given}"


def text_box(name, label, value, description):
    return {"type": "textbox", "name": name, "label": label, "description": description, "hide": 0, "skipUrlSync": False,
            "query": value, "current": {"text": value, "value": value}, "options": [{"text": value, "value": value, "selected": True}]}


def _variables(own):
    datasource = {"type": "datasource", "name": "datasource", "label": "Data Source", "query": "prometheus", "refresh": 1,
                  "hide": 0, "multi": False, "includeAll": False, "skipUrlSync": False}
    instance = {"type": "query", "name": "instance", "label": "Host", "datasource": DATASOURCE, "refresh": 2, "sort": 1,
                "query": {"query": "label_values(pppol2tp_agent_build_info, instance)", "refId": "instance"},
                "hide": 0, "multi": True, "includeAll": True, "allValue": ".*", "skipUrlSync": False,
                "current": {"text": "All", "value": "$__all"}}
    return [datasource, instance, *own]


def annotation(name, expr, color, title, text, *, time_is_value=False):
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": color, "expr": " ".join(expr.split()),
            "titleFormat": title, "textFormat": text, "useValueForTime": time_is_value, "step": "15s"}


def _placed(rows):
    """Panels with ids and places. A row is (title, panels); panels fill the lines of the grid from left to right."""
    placed, y = [], 0
    for title, panels in rows:
        placed.append({"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
        x, y, line = 0, y + 1, 0
        for panel in panels:
            place = panel["gridPos"]
            if x + place["w"] > WIDTH:
                x, y, line = 0, y + line, 0
            placed.append(panel | {"gridPos": {"x": x, "y": y} | place})
            x, line = x + place["w"], max(line, place["h"])
        y += line
    return [{"id": i} | panel for i, panel in enumerate(placed, 1)]


def dashboard(uid, title, description, rows, *, variables=(), annotations=()):
    return {
        "uid": f"pppol2tp-{uid}", "title": f"PPPoL2TP / {title}", "description": description, "tags": [TAG],
        "schemaVersion": 38, "version": 1, "editable": False, "graphTooltip": 1, "refresh": "30s", "timezone": "browser",
        "time": {"from": "now-3h", "to": "now"}, "timepicker": {}, "fiscalYearStartMonth": 0, "liveNow": False, "weekStart": "",
        "templating": {"list": _variables(variables)}, "annotations": {"list": list(annotations)},
        "links": [{"type": "dashboards", "title": "PPPoL2TP", "tags": [TAG], "asDropdown": True, "includeVars": True, "keepTime": True,
                   "icon": "external link", "targetBlank": False, "tooltip": "", "url": ""}],
        "panels": _placed(rows),
    }
