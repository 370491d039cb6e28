import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isServedFunction, type ServedFunction } from './http/served-function.ts';

/**
 * A deployed function. The directory is the registry: each file in
 * `functions/<domain>/{endpoints,sockets,steps,timers}/` declares one, named `<domain>-<file>`.
 */
export interface DiscoveredFunction {
  /** The path below `functions/`, without extension: `runs/endpoints/start-sprint`. */
  file: string;
  declaration: ServedFunction;
}

const KIND_OF_FOLDER = { endpoints: 'endpoint', sockets: 'socket', steps: 'step', timers: 'timer' } as const;
const EXTENSION = import.meta.url.endsWith('.js') ? '.js' : '.ts';
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Loads every function, sorted by file. @throws Error for a file that does not declare exactly its function */
export async function discoverFunctions(): Promise<DiscoveredFunction[]> {
  const files = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((domain) => filesOf(domain.name))
    .sort();
  return Promise.all(files.map(async (file) => ({ file, declaration: await loadFile(file) })));
}

/** Returns the function with this name and loads only its file. @throws Error when no file declares it */
export async function discoverFunction(name: string): Promise<ServedFunction> {
  return loadFile(fileOf(name));
}

/**
 * Returns the path of the file that declares this function, without loading it.
 * @throws Error when no file declares it
 */
export function discoverFile(name: string): string {
  return join(ROOT, fileOf(name) + EXTENSION);
}

function fileOf(name: string): string {
  const file = readdirSync(ROOT)
    .filter((domain) => name.startsWith(`${domain}-`))
    .flatMap(filesOf)
    .find((candidate) => nameOf(candidate) === name);
  if (file === undefined) throw new Error(`No file in functions/ declares ${name}`);
  return file;
}

/** Loads the function with this name from a module. @throws Error when the module does not declare it */
export async function loadFunction(path: string, name: string): Promise<ServedFunction> {
  const declaration = (await declarationsOf(path)).find((candidate) => candidate.name === name);
  if (declaration === undefined) throw new Error(`${path} does not declare ${name}`);
  return declaration;
}

function filesOf(domain: string): string[] {
  return Object.keys(KIND_OF_FOLDER)
    .map((folder) => join(domain, folder))
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(EXTENSION) && !file.endsWith(`.d${EXTENSION}`))
    .map((file) => file.slice(0, -EXTENSION.length));
}

function nameOf(file: string): string {
  return `${file.split('/')[0]}-${basename(file)}`;
}

async function loadFile(file: string): Promise<ServedFunction> {
  const declarations = await declarationsOf(join(ROOT, file + EXTENSION));
  const [declaration] = declarations;
  if (declaration === undefined || declarations.length > 1) {
    throw new Error(`${file} declares ${declarations.length} functions; it must declare exactly one`);
  }
  if (declaration.name !== nameOf(file))
    throw new Error(`${file} declares ${declaration.name}; its name must be ${nameOf(file)}`);
  if (!file.includes(`/${declaration.kind}s/`))
    throw new Error(`${file} declares a ${declaration.kind}; move it to the folder ${declaration.kind}s/`);
  return declaration;
}

async function declarationsOf(path: string): Promise<ServedFunction[]> {
  const module: object = await import(pathToFileURL(path).href);
  return Object.values(module).filter(isServedFunction);
}
