import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import hcl from '@cdktf/hcl2json';

// node check.mjs FOLDER: checks that every resource, argument and nested block of the folder's *.tf exists in the
// Google provider, that no required argument is missing, and that every referenced variable, local and resource is
// declared. It does not check values and does not need Terraform's registry.

const PROVIDER = join(import.meta.dirname, 'node_modules/@cdktf/provider-google/lib');
const FOLDER = process.argv[2] ?? 'infra';
// Arguments of Terraform itself, which every resource has.
const META = new Set(['count', 'for_each', 'provider', 'lifecycle', 'depends_on', 'provisioner', 'connection']);
// The provider has these since August 2026. The types that are checked here are older.
const NEWER = new Set(['google_cloud_run_v2_service.template.containers.sandbox_launcher']);

const faults = [];
const declared = { var: new Set(), local: new Set(), resource: new Set() };
const sources = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.tf'))
  .sort();
let resources = 0;

for (const file of sources) {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const parsed = await hcl.parse(file, text);
  for (const name of Object.keys(parsed.variable ?? {})) declared.var.add(name);
  for (const block of parsed.locals ?? []) for (const name of Object.keys(block)) declared.local.add(name);
  for (const kind of ['resource', 'data']) {
    for (const [type, instances] of Object.entries(parsed[kind] ?? {})) {
      for (const [name, bodies] of Object.entries(instances)) {
        declared.resource.add(kind === 'data' ? `data.${type}.${name}` : `${type}.${name}`);
        for (const body of bodies) checkResource(file, kind, type, name, body);
      }
    }
  }
}
for (const file of sources) checkReferences(file, readFileSync(join(FOLDER, file), 'utf8'));

for (const fault of faults) console.error(fault);
console.log(`${resources} resources in ${sources.length} files, ${faults.length} faults`);
process.exit(faults.length === 0 && resources > 0 ? 0 : 1);

function checkResource(file, kind, type, name, body) {
  resources += 1;
  const folder = `${kind === 'data' ? 'data-google-' : ''}${type.replace(/^google_/, '').replaceAll('_', '-')}`;
  const types = join(PROVIDER, folder, 'index.d.ts');
  if (!existsSync(types)) {
    faults.push(`${file}: the provider has no ${kind} ${type}`);
    return;
  }
  const source = readFileSync(types, 'utf8');
  const main = /interface (\w+Config) extends cdktf\.TerraformMetaArguments/.exec(source)?.[1];
  checkBlock(`${file}: ${type}.${name}`, type, body, interfacesOf(source), main);
}

// Returns the interfaces of a type declaration: arguments in snake case, with type and whether they are optional.
function interfacesOf(source) {
  const found = {};
  for (const [, name, body] of source.matchAll(/export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g)) {
    const fields = [...body.matchAll(/readonly (\w+)(\?)?: ([^;]+);/g)];
    found[name] = Object.fromEntries(fields.map(([, field, optional, type]) => [snake(field), { optional, type }]));
  }
  return found;
}

function snake(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function checkBlock(where, path, block, interfaces, name) {
  const known = interfaces[name];
  const { dynamic = {}, ...fixed } = block;
  const given = new Map(Object.entries(fixed));
  for (const [key, blocks] of Object.entries(dynamic)) {
    given.set(key, [given.get(key) ?? [], blocks.flatMap(({ content }) => content)].flat());
  }
  for (const [key, value] of given) {
    if (META.has(key) || NEWER.has(`${path}.${key}`)) continue;
    const argument = known[key];
    if (argument === undefined) {
      faults.push(`${where}: unknown argument ${key}`);
      continue;
    }
    const nested = /^\w+/.exec(argument.type)?.[0];
    if (interfaces[nested] === undefined) continue;
    for (const inner of [value].flat()) {
      if (typeof inner === 'object') checkBlock(`${where}.${key}`, `${path}.${key}`, inner, interfaces, nested);
    }
  }
  for (const [key, { optional }] of Object.entries(known)) {
    if (!optional && !given.has(key)) faults.push(`${where}: the required argument ${key} is missing`);
  }
}

function checkReferences(file, text) {
  const code = text.replace(/^\s*#.*$/gm, '');
  for (const [, kind, name] of code.matchAll(/(?<![\w.])(var|local)\.(\w+)/g)) {
    if (!declared[kind].has(name)) faults.push(`${file}: ${kind}.${name} is not declared`);
  }
  for (const [reference] of code.matchAll(/(?<![\w."/])(?:data\.)?google_\w+\.\w+/g)) {
    if (!declared.resource.has(reference)) faults.push(`${file}: ${reference} is not declared`);
  }
}
