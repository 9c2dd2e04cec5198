// Draws one of our dashboards from answers of a real Prometheus, with the panels of Grafana's own @grafana/ui. The page sets
// window.DRAWN = {board, answers: {panel's id: [Prometheus' result for each target]}}. Heat maps and state timelines are not in
// that library (they live in the server's repository): they are drawn here, plainly.
import 'uplot/dist/uPlot.min.css';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, FieldType, getDisplayProcessor, ThemeContext, toDataFrame } from '@grafana/data';
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, GlobalStyles, PanelChrome, Table, TimeSeries } from '@grafana/ui';

const { board, answers, range } = window.DRAWN;
const theme = createTheme({ colors: { mode: 'dark' } });
// Grafana's grid: cells of 30 pixels with a gutter of 8.
const CELL = 30, GUTTER = 8, WIDTH = 1600;
const left = (x) => (x * WIDTH) / 24;
const down = (y) => y * (CELL + GUTTER);

const legendOf = (target, labels) =>
  (target.legendFormat ?? '').replace(/{{\s*(\w+)\s*}}/g, (_, label) => labels[label] ?? '').trim() ||
  Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(' ');

const steps = (thresholds) => ({ ...thresholds, steps: thresholds.steps.map((one) => ({ ...one, value: one.value ?? -Infinity })) });

function field(name, type, values, defaults, state = {}) {
  const config = { ...defaults, thresholds: steps(defaults.thresholds), custom: { ...defaults.custom } };
  const made = { name, type, values, config, state };
  made.display = getDisplayProcessor({ field: made, theme, timeZone: 'utc' });
  return made;
}

const overridesFor = (panel, name) => panel.fieldConfig.overrides
  .filter(({ matcher }) => matcher.id === 'byName' ? matcher.options === name
    : new RegExp(matcher.options.replace(/^\/|\/$/g, '')).test(name))
  .flatMap(({ properties }) => properties);

// [{name, labels, points}] of all targets.
const seriesOf = (panel) => panel.targets.flatMap((target, i) => (answers[panel.id]?.[i] ?? []).map(({ labels, points }) =>
  ({ name: legendOf(target, labels), labels, points })));

function Graph({ panel, width, height }) {
  const { custom, ...defaults } = panel.fieldConfig.defaults;
  const frames = seriesOf(panel).map(({ name, points }, i) => {
    const own = { ...custom, axisPlacement: 'auto', pointSize: 4 };
    for (const { id, value } of overridesFor(panel, name)) if (id === 'custom.transform') own.transform = value;
    const values = points.map(([, value]) => value);
    const shown = field(name, FieldType.number, values, { ...defaults, custom: own, displayName: name }, { seriesIndex: i });
    return toDataFrame({ name, fields: [{ name: 'Time', type: FieldType.time, values: points.map(([at]) => at * 1000), config: {} }, shown] });
  });
  frames.forEach((frame, i) => { const shown = frame.fields[1]; shown.state = { seriesIndex: i };
    shown.display = getDisplayProcessor({ field: shown, theme, timeZone: 'utc' }); });
  const moment = (at) => ({ valueOf: () => at * 1000 });
  return <TimeSeries frames={frames} width={width} height={height} timeZone="utc" options={{}}
    timeRange={{ from: moment(range.from), to: moment(range.to), raw: { from: '', to: '' } }}
    legend={{ ...panel.options.legend, isVisible: true }} />;
}

function Stat({ panel, width, height }) {
  const found = seriesOf(panel);
  return <div style={{ display: 'flex', gap: 4 }}>{found.map(({ name, points }, i) => {
    const shown = field(name, FieldType.number, [points.at(-1)[1]], panel.fieldConfig.defaults);
    const value = shown.display(points.at(-1)[1]);
    return <BigValue key={i} theme={theme} width={width / found.length - 4} height={height}
      value={{ ...value, title: found.length > 1 ? name : undefined, color: value.color ?? theme.colors.text.primary }}
      colorMode={{ background: BigValueColorMode.Background, value: BigValueColorMode.Value, none: BigValueColorMode.None }[panel.options.colorMode]}
      graphMode={BigValueGraphMode.None} textMode={BigValueTextMode.ValueAndName} justifyMode="auto" />;
  })}</div>;
}

function Rows({ panel, width, height }) {
  const { renameByName, indexByName } = panel.transformations.find((one) => one.id === 'organize').options;
  const rows = seriesOf(panel);
  const columns = Object.keys(indexByName).sort((a, b) => indexByName[a] - indexByName[b])
    .filter((column) => column === 'Value' || rows.some(({ labels }) => labels[column]));
  const sort = panel.options.sortBy?.[0];
  if (sort) rows.sort((a, b) => b.points.at(-1)[1] - a.points.at(-1)[1]);
  const fields = columns.map((column) => {
    const name = renameByName[column];
    const defaults = { ...panel.fieldConfig.defaults };
    for (const { id, value } of overridesFor(panel, name)) if (id !== 'links') defaults[id] = value;
    return column === 'Value' ? field(name, FieldType.number, rows.map(({ points }) => points.at(-1)[1]), defaults)
      : field(name, FieldType.string, rows.map(({ labels }) => labels[column] ?? ''), { ...defaults, unit: 'string' });
  });
  const frame = toDataFrame({ fields });
  frame.fields.forEach((one, i) => { one.config = fields[i].config; one.display = fields[i].display; one.state = {}; });
  return <Table data={frame} width={width} height={height} columnMinWidth={90} />;
}

const Plain = ({ rows, width, height, cell }) => {
  const label = 150, line = Math.min(30, (height - 4) / Math.max(1, rows.length));
  return <svg width={width} height={height} style={{ fontFamily: theme.typography.fontFamily, fontSize: 11 }}>
    {rows.map(({ name, points }, i) => <g key={i}>
      <text x={label - 8} y={i * line + line * 0.65} textAnchor="end" fill={theme.colors.text.secondary}>{name}</text>
      {points.map(([at, value], k) => {
        const start = label + ((at - range.from) / (range.to - range.from)) * (width - label);
        return start >= label && <rect key={k} x={start} y={i * line + 1} width={range.step / (range.to - range.from) * (width - label) + 0.5}
          height={line - 2} fill={cell(value)} />;
      })}</g>)}
  </svg>;
};

function Heatmap({ panel, width, height }) {
  let rows = seriesOf(panel);
  if (panel.targets[0].format === 'heatmap') {
    // Prometheus' buckets hold those below them too.
    rows.sort((a, b) => Number(a.name.replace('+Inf', 'Infinity')) - Number(b.name.replace('+Inf', 'Infinity')));
    rows = rows.map((row, i) => ({ ...row, name: `${row.name} s`, points: row.points.map(([at, value], k) =>
      [at, Math.max(0, value - (i ? rows[i - 1].points[k]?.[1] ?? 0 : 0))]) })).reverse();
  }
  const most = Math.max(...rows.flatMap(({ points }) => points.map(([, value]) => value)));
  return <Plain rows={rows} width={width} height={height} cell={(value) => `rgba(255,120,10,${value > 0 ? 0.15 + 0.85 * Math.sqrt(value / most) : 0})`} />;
}

function Timeline({ panel, width, height }) {
  const names = panel.fieldConfig.defaults.mappings[0].options;
  return <Plain rows={seriesOf(panel)} width={width} height={height}
    cell={(value) => theme.visualization.getColorByName(names[value]?.color ?? 'text')} />;
}

const KINDS = { stat: Stat, timeseries: Graph, table: Rows, heatmap: Heatmap, 'state-timeline': Timeline };

function Panel({ panel }) {
  const { x, y, w, h } = panel.gridPos;
  const place = { position: 'absolute', left: left(x), top: down(y) };
  if (panel.type === 'row') return <div style={{ ...place, fontSize: 16, padding: 4 }}>{panel.title}</div>;
  const Kind = seriesOf(panel).length > 0 ? KINDS[panel.type] : () => <i>No data</i>;
  return <div style={place}><PanelChrome width={left(w) - GUTTER} height={down(h) - GUTTER} title={panel.title}>
    {(width, height) => <Kind panel={panel} width={width} height={height} />}
  </PanelChrome></div>;
}

createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}><GlobalStyles />
    <div style={{ color: theme.colors.text.primary, fontFamily: theme.typography.fontFamily, padding: GUTTER }}>
      <h2 style={{ margin: 8 }}>{board.title}</h2>
      <div style={{ position: 'relative' }}>{board.panels.map((panel) => <Panel key={panel.id} panel={panel} />)}</div>
    </div></ThemeContext.Provider>);
