// validate.mjs DASHBOARD...: checks dashboards against JSON schemas made from the TypeScript types of Grafana's own
// @grafana/grafana-foundation-sdk. Prints what is wrong, one a line; exit status 1 when anything is.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const SDK = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  'node_modules/@grafana/grafana-foundation-sdk/dist');

// One program for each module: types of the same name in different modules would be taken for one.
function validator(module, type) {
  const file = path.join(SDK, module, 'types.gen.d.ts');
  const generator = createGenerator({ path: file, type, skipTypeCheck: true, additionalProperties: false, topRef: true,
    // Methods that mark a type for the SDK's builders are no part of the JSON.
    functions: 'hide' });
  return new Ajv({ strict: false, allErrors: true }).compile(generator.createSchema(type));
}

// Types by the panel's kind, which names its module but for one.
const MODULES = { 'state-timeline': 'statetimeline' };
const panelValidators = new Map();
function validatorsOf(kind) {
  if (!panelValidators.has(kind)) {
    const module = MODULES[kind] ?? kind;
    const hasFieldConfig = readFileSync(path.join(SDK, module, 'types.gen.d.ts'), 'utf8').includes('FieldConfig');
    panelValidators.set(kind, { options: validator(module, 'Options'), fieldConfig: hasFieldConfig && validator(module, 'FieldConfig') });
  }
  return panelValidators.get(kind);
}

const dashboardValidator = validator('dashboard', 'Dashboard');
const queryValidator = validator('prometheus', 'Dataquery');

function* faults(validate, value, where) {
  if (validate(value)) return;
  for (const error of validate.errors) {
    yield `${where}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`;
  }
}

function* panelFaults(panel) {
  const where = `panel ${JSON.stringify(panel.title)}`;
  const { options, fieldConfig } = validatorsOf(panel.type);
  yield* faults(options, panel.options, `${where}: options`);
  const custom = panel.fieldConfig.defaults.custom;
  if (custom) {
    if (fieldConfig) yield* faults(fieldConfig, custom, `${where}: custom`);
    else yield `${where}: custom: this kind of panel has none`;
  }
  for (const target of panel.targets) yield* faults(queryValidator, target, `${where}: query`);
}

// The SDK says that a field's links are links of a dashboard, with seven properties more; Grafana reads a title and an address.
const LINK = ['targetBlank', 'title', 'url'];
function withoutFieldLinks(panel) {
  const { links, ...defaults } = panel.fieldConfig.defaults;
  for (const link of links ?? []) {
    if (Object.keys(link).sort().join() !== LINK.join()) throw new Error(`${panel.title}: a link has ${Object.keys(link)}`);
  }
  return { ...panel, targets: [], fieldConfig: { ...panel.fieldConfig, defaults } };
}

function* dashboardFaults(dashboard) {
  const panels = dashboard.panels.map((panel) => panel.type === 'row' ? panel : withoutFieldLinks(panel));
  yield* faults(dashboardValidator, { ...dashboard, panels }, 'dashboard');
  for (const panel of dashboard.panels) if (panel.type !== 'row') yield* panelFaults(panel);
}

let status = 0;
for (const file of process.argv.slice(2)) {
  for (const fault of dashboardFaults(JSON.parse(readFileSync(file, 'utf8')))) {
    console.log(`${path.basename(file)}: ${fault}`);
    status = 1;
  }
}
process.exit(status);
