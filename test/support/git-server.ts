import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip, deflateSync } from 'node:zlib';
import { selfSigned } from './certificate.ts';

/**
 * A real git server: HTTPS on loopback in front of `git upload-pack` and `git receive-pack`, with a self-signed
 * certificate and a token that is checked. Tests can make it fail.
 *
 * Starting a process takes 5 to 20 ms, so simple operations do not use git: a new repository is a few files, the commit
 * of a branch is read from its file, and an object is written as git writes it.
 */
export interface GitServer {
  /** `localhost:PORT` */
  host: string;
  /** The file with the server's self-signed certificate. */
  caFile: string;
  token: string;
  /** The requests in order. `bytes` is the length of git's answer, or undefined when git has not answered. */
  requests: { line: string; authorization: string | undefined; bytes: number | undefined }[];
  /** Called before git sees a request. Returns true when it has answered the request. */
  before: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean) | undefined;
  /** Called after git has answered and before the client gets the answer. True cuts the connection. */
  cutAnswer: ((request: IncomingMessage) => boolean) | undefined;
  /** Creates an empty repository, or a repository with these files on main. */
  create(repository: string, files?: Record<string, string>): void;
  /** Runs git in a repository of the server. Returns its trimmed output. */
  git(repository: string, ...parameters: string[]): string;
  /** The folder of a repository. */
  folder(repository: string): string;
  /** Returns the commit of a branch. Throws when there is no such branch. */
  tip(repository: string, branch?: string): string;
  /** Moves or creates a branch. */
  setTip(repository: string, commit: string, branch?: string): void;
  /**
   * Adds a commit to a branch, as a push of another person does. null deletes a file. Returns the commit. Throws when
   * the branch moves concurrently.
   */
  commit(repository: string, branch: string, files: Record<string, string | Uint8Array | null>): string;
  /** Adds a commit to main, computed from main's files. Retries when main moves concurrently. Returns the commit. */
  edit(repository: string, files: (read: (path: string) => string | undefined) => Record<string, string>): string;
  /** Writes a tree of lines `<mode> <kind> <id>\t<name>`, also an invalid tree. The last line of a name counts. */
  tree(repository: string, lines: readonly string[]): string;
  /** Writes an object of these bytes, also an invalid object. */
  object(repository: string, kind: 'blob' | 'tree' | 'commit', content: string | Uint8Array): string;
  /** Writes a commit of this tree with main's commit, or these commits, as parents. Moves no branch. */
  commitTree(repository: string, tree: string, parents?: readonly string[]): string;
  /** Adds a commit to main with these additional entries in its root, also invalid entries. */
  plant(repository: string, ...lines: string[]): void;
  /** Writes a hook. */
  hook(repository: string, name: string, script: string): void;
  /** Returns the trimmed content of a file of a branch, or undefined. */
  read(repository: string, branch: string, path: string): string | undefined;
  close(): Promise<void>;
}

const CLEAN = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Somebody',
  GIT_AUTHOR_EMAIL: 'somebody@example.com',
  GIT_COMMITTER_NAME: 'Somebody',
  GIT_COMMITTER_EMAIL: 'somebody@example.com',
};

/**
 * Settings for speed: nothing is flushed to the disk, because no repository outlives its test. Automatic garbage
 * collection and unpacking after fast-import are processes that no test needs.
 */
const SETTINGS = `[core]
  repositoryFormatVersion = 0
  fileMode = true
  bare = true
  fsync = none
  commitGraph = false
  multiPackIndex = false
[uploadpack]
  allowFilter = true
[receive]
  autogc = false
[gc]
  auto = 0
[fastimport]
  unpackLimit = 0
`;

export async function startGitServer(): Promise<GitServer> {
  const root = mkdtempSync(join(tmpdir(), 'apexflow-git-server-'));
  const { key, certificate } = selfSigned('localhost');
  const caFile = join(root, 'ca.pem');
  writeFileSync(caFile, certificate);
  const server = createServer({ key, cert: certificate }, (request, response) => void serve(state, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The git server has no port');
  const folder = (repository: string) => join(root, `${repository}.git`);
  const state: GitServer = {
    host: `localhost:${address.port}`,
    caFile,
    token: 'ghp_TheTokenOfTheTenant0123456789',
    requests: [],
    before: undefined,
    cutAnswer: undefined,
    folder,
    git: (repository, ...parameters) =>
      execFileSync('git', parameters, {
        cwd: folder(repository),
        env: CLEAN,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1e8,
      }).trim(),
    tip: (repository, branch = 'main') => {
      const commit = findTip(folder(repository), branch);
      if (commit === undefined) throw new Error(`${repository} has no branch ${branch}`);
      return commit;
    },
    setTip: (repository, commit, branch = 'main') => {
      const file = join(folder(repository), 'refs/heads', branch);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `${commit}\n`);
    },
    create: (repository, files) => {
      for (const part of ['hooks', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
        mkdirSync(join(folder(repository), part), { recursive: true });
      writeFileSync(join(folder(repository), 'HEAD'), 'ref: refs/heads/main\n');
      writeFileSync(join(folder(repository), 'config'), SETTINGS);
      if (files) state.commit(repository, 'main', files);
    },
    commit: (repository, branch, files) =>
      importCommit(folder(repository), { branch, from: findTip(folder(repository), branch), files }),
    edit: (repository, filesOf) => {
      for (;;) {
        const from = state.tip(repository);
        const files = filesOf((path) => state.read(repository, from, path));
        try {
          return importCommit(folder(repository), { branch: 'main', from, files });
        } catch (error) {
          if (state.tip(repository) === from) throw error;
        }
      }
    },
    tree: (repository, lines) => state.object(repository, 'tree', treeOf(lines)),
    object: (repository, kind, content) => writeObject(folder(repository), kind, Buffer.from(content)),
    commitTree: (repository, tree, parents = [state.tip(repository)]) => {
      const stamp = signature();
      const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${stamp}`];
      return state.object(repository, 'commit', `${lines.join('\n')}\ncommitter ${stamp}\n\nplanted\n`);
    },
    plant: (repository, ...lines) => {
      const tree = state.tree(repository, [state.git(repository, 'ls-tree', 'main'), ...lines]);
      state.setTip(repository, state.commitTree(repository, tree));
    },
    hook: (repository, name, script) => writeFileSync(join(folder(repository), 'hooks', name), script, { mode: 0o755 }),
    read: (repository, branch, path) => {
      try {
        return state.git(repository, 'show', `${branch}:${path}`);
      } catch {
        return undefined;
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return state;
}

function signature(): string {
  return `Somebody <somebody@example.com> ${Math.floor(Date.now() / 1000)} +0000`;
}

/** Reads the commit of a branch, which git stores in its own file or in a line of `packed-refs`. */
function findTip(folder: string, branch: string): string | undefined {
  const name = `refs/heads/${branch}`;
  return (
    readIfThere(join(folder, name))?.trim() ??
    readIfThere(join(folder, 'packed-refs'))
      ?.split('\n')
      .find((line) => line.endsWith(` ${name}`))
      ?.split(' ')[0]
  );
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

interface Import {
  branch: string;
  from: string | undefined;
  files: Record<string, string | Uint8Array | null>;
}

/** Writes a commit with git-fast-import(1), which moves a branch only forwards. Returns the commit. */
function importCommit(folder: string, { branch, from, files }: Import): string {
  const chunks: (string | Uint8Array)[] = [];
  const addData = (content: string | Uint8Array) => chunks.push(`data ${Buffer.byteLength(content)}\n`, content, '\n');
  chunks.push(`commit refs/heads/${branch}\nmark :1\ncommitter ${signature()}\n`);
  addData(`somebody else's ${Object.keys(files).join(' ')}`);
  if (from !== undefined) chunks.push(`from ${from}\n`);
  for (const [path, content] of Object.entries(files)) {
    const name = `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
    if (content === null) chunks.push(`D ${name}\n`);
    else {
      chunks.push(`M 100644 inline ${name}\n`);
      addData(content);
    }
  }
  chunks.push('get-mark :1\ndone\n');
  return execFileSync('git', ['fast-import', '--quiet', '--done'], {
    cwd: folder,
    env: CLEAN,
    input: Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  }).trim();
}

/** Writes a loose object. Returns its id. */
function writeObject(folder: string, kind: string, content: Buffer): string {
  const object = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
  const id = createHash('sha1').update(object).digest('hex');
  const file = join(folder, 'objects', id.slice(0, 2), id.slice(2));
  mkdirSync(join(file, '..'), { recursive: true });
  if (!existsSync(file)) writeFileSync(file, deflateSync(object));
  return id;
}

/**
 * Returns the bytes of a tree with these lines, which have the format of `git ls-tree`. Git sorts a folder as if its
 * name ended with a slash.
 */
function treeOf(lines: readonly string[]): Buffer {
  const entries = new Map<string, { order: Buffer; bytes: Buffer }>();
  for (const line of lines.flatMap((text) => text.split('\n')).filter((text) => text !== '')) {
    const [, mode, kind, id, name] = /^0*(\d+) (\w+) ([0-9a-f]{40})\t([^"].*)$/.exec(line) ?? [];
    if (mode === undefined || id === undefined || name === undefined)
      throw new Error(`Not a line of git ls-tree: ${line}`);
    const bytes = Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
    entries.set(name, { order: Buffer.from(kind === 'tree' ? `${name}/` : name), bytes });
  }
  const sorted = [...entries.values()].sort((one, other) => Buffer.compare(one.order, other.order));
  return Buffer.concat(sorted.map(({ bytes }) => bytes));
}

async function serve(state: GitServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization } = request.headers;
  const seen: GitServer['requests'][number] = {
    line: `${request.method} ${request.url}`,
    authorization,
    bytes: undefined,
  };
  state.requests.push(seen);
  if (await state.before?.(request, response)) return;
  const expected = `Basic ${Buffer.from(`x-access-token:${state.token}`).toString('base64')}`;
  if (authorization !== expected) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('no');
    return;
  }
  const called = parseCall(request);
  if (called === undefined || !existsSync(state.folder(called.repository))) {
    response.writeHead(404).end();
    return;
  }
  const answer = await runService(state.folder(called.repository), called, request);
  seen.bytes = answer.length;
  if (state.cutAnswer?.(request)) request.socket.destroy();
  else
    response
      .writeHead(200, {
        'content-type': `application/x-${called.service}-${called.isListing ? 'advertisement' : 'result'}`,
        'cache-control': 'no-cache',
      })
      .end(answer);
}

interface Call {
  repository: string;
  service: 'git-upload-pack' | 'git-receive-pack';
  /** True for the request that lists references and capabilities. */
  isListing: boolean;
}

/** Parses a request of gitprotocol-http(5). */
function parseCall({ method, url = '' }: IncomingMessage): Call | undefined {
  const [pathname = '', query] = url.split('?');
  const [, repository, rest] = /^\/(.+)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(pathname) ?? [];
  const isListing = rest === 'info/refs';
  const service = isListing ? new URLSearchParams(query).get('service') : rest;
  if (repository === undefined || method !== (isListing ? 'GET' : 'POST')) return undefined;
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return undefined;
  return { repository, service, isListing };
}

/** Runs one request as git-http-backend(1) does, with one process instead of three. Returns the body of the answer. */
async function runService(folder: string, { service, isListing }: Call, request: IncomingMessage): Promise<Buffer> {
  const protocol = String(request.headers['git-protocol'] ?? '');
  const options = ['--stateless-rpc', ...(isListing ? ['--advertise-refs'] : [])];
  const child = spawn('git', [service.replace('git-', ''), ...options, '.'], {
    cwd: folder,
    env: { ...CLEAN, GIT_PROTOCOL: protocol },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const isZipped = request.headers['content-encoding'] === 'gzip';
  const body = isZipped ? request.pipe(createGunzip().on('error', () => child.stdin.destroy())) : request;
  body.pipe(child.stdin);
  request.once('aborted', () => child.stdin.destroy());
  if (request.destroyed && !request.complete) child.stdin.destroy();
  const chunks = isListing && !protocol.includes('version=2') ? [announcementOf(service)] : [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Returns the line before the list of references in versions 0 and 1 of the protocol. */
function announcementOf(service: string): Buffer {
  const line = `# service=${service}\n`;
  return Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`);
}
