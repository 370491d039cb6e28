import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A real git server: `git http-backend` behind HTTPS on loopback, with an authority of its own and a token that is checked. It can misbehave. Everything else
 * is git's own doing.
 */
export interface GitServer {
  /** `localhost:PORT` */
  host: string;
  /** The authority's certificate, as a file. */
  caFile: string;
  token: string;
  /** `METHOD path?query` and who asked, in order. */
  requests: { line: string; authorization: string | undefined }[];
  /** Answers a request itself, or does something first. True: it was answered. */
  before: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean) | undefined;
  /** Called when git has answered, before the client gets it. True: the client never does. */
  cutAnswer: ((request: IncomingMessage) => boolean) | undefined;
  /** Makes an empty repository, or one with these files on main. */
  create(repository: string, files?: Record<string, string>): void;
  /** Runs git in a repository of the server; answers its output. */
  git(repository: string, ...parameters: string[]): string;
  /** Adds a commit to a branch on the server's side, as somebody else's push would; null removes a file. */
  commit(repository: string, branch: string, files: Record<string, string | Uint8Array | null>): string;
  /** As {@link commit} onto main, of texts alone, in one process; again where somebody else was faster. Answers the commit. */
  edit(repository: string, files: (read: (path: string) => string | undefined) => Record<string, string>): string;
  /** Writes a tree of these lines (`<mode> <kind> <id>\t<name>`), whatever they say; the last of a name counts. */
  tree(repository: string, lines: readonly string[]): string;
  /** Writes an object of these bytes, sound or not. */
  object(repository: string, kind: 'blob' | 'tree' | 'commit', content: Uint8Array): string;
  /** Puts a script in the place of a hook. */
  hook(repository: string, name: string, script: string): void;
  /** A file of a branch, or undefined. */
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

export async function startGitServer(): Promise<GitServer> {
  const root = mkdtempSync(join(tmpdir(), 'apexflow-git-server-'));
  const { key, cert, caFile } = makeAuthority(root);
  const server = createServer({ key, cert }, (request, response) => void serve(state, root, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens at no port');
  const git = (repository: string, ...parameters: string[]) =>
    execFileSync('git', parameters, {
      cwd: join(root, `${repository}.git`),
      env: CLEAN,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1e8,
    }).trim();
  const state: GitServer = {
    host: `localhost:${address.port}`,
    caFile,
    token: 'ghp_TheTokenOfTheTenant0123456789',
    requests: [],
    before: undefined,
    cutAnswer: undefined,
    git,
    create: (repository, files) => {
      const path = join(root, `${repository}.git`);
      execFileSync('git', ['init', '-q', '--bare', '--initial-branch=main', path], { env: CLEAN });
      for (const [name, value] of [
        ['http.receivepack', 'true'],
        ['uploadpack.allowFilter', 'true'],
      ])
        git(repository, 'config', name ?? '', value ?? '');
      if (files) state.commit(repository, 'main', files);
    },
    commit: (repository, branch, files) => {
      const work = mkdtempSync(join(root, 'work-'));
      const inWork = (...parameters: string[]) =>
        execFileSync('git', parameters, {
          cwd: work,
          env: CLEAN,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
      inWork('init', '-q', `--initial-branch=${branch}`);
      const origin = join(root, `${repository}.git`);
      if (git(repository, 'branch', '--list', branch) !== '') inWork('pull', '-q', origin, branch);
      for (const [name, content] of Object.entries(files)) {
        execFileSync('mkdir', ['-p', join(work, name, '..')]);
        if (content === null) rmSync(join(work, name));
        else writeFileSync(join(work, name), content);
      }
      inWork('add', '--all');
      inWork('commit', '-q', '--message', `somebody else's ${Object.keys(files).join(' ')}`);
      inWork('push', '-q', origin, `HEAD:refs/heads/${branch}`);
      const commit = inWork('rev-parse', 'HEAD');
      rmSync(work, { recursive: true });
      return commit;
    },
    edit: (repository, filesOf) => {
      for (;;) {
        const from = git(repository, 'rev-parse', 'main');
        const files = filesOf((path) => state.read(repository, from, path));
        const writes = Object.entries(files).map(
          ([path, text]) => `M 100644 inline "${path}"\ndata ${Buffer.byteLength(text)}\n${text}\n`,
        );
        const head = `commit refs/heads/main\ncommitter Somebody <somebody@example.com> ${Math.floor(Date.now() / 1000)} +0000\ndata 4\nedit\n`;
        try {
          const marks = join(root, 'marks');
          execFileSync('git', ['fast-import', '--quiet', `--export-marks=${marks}`], {
            cwd: join(root, `${repository}.git`),
            env: CLEAN,
            input: `${head.replace('\n', '\nmark :1\n')}from ${from}\n${writes.join('')}\n`,
            stdio: ['pipe', 'ignore', 'ignore'],
          });
          return readFileSync(marks, 'utf8').trim().split(' ')[1] ?? '';
        } catch {
          // The branch moved; fast-import then leaves it where it is.
          if (git(repository, 'rev-parse', 'main') === from) throw new Error('fast-import takes no such edit');
        }
      }
    },
    tree: (repository, lines) => {
      const entries = new Map(lines.flatMap((text) => text.split('\n')).map((line) => [line.split('\t')[1], line]));
      return execFileSync('git', ['mktree', '--missing'], {
        cwd: join(root, `${repository}.git`),
        env: CLEAN,
        input: `${[...entries.values()].join('\n')}\n`,
        encoding: 'utf8',
      }).trim();
    },
    object: (repository, kind, content) =>
      execFileSync('git', ['hash-object', '-t', kind, '-w', '--literally', '--stdin'], {
        cwd: join(root, `${repository}.git`),
        env: CLEAN,
        input: content,
        encoding: 'utf8',
      }).trim(),
    hook: (repository, name, script) =>
      writeFileSync(join(root, `${repository}.git`, 'hooks', name), script, { mode: 0o755 }),
    read: (repository, branch, path) => {
      try {
        return git(repository, 'show', `${branch}:${path}`);
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

function makeAuthority(root: string): { key: Buffer; cert: Buffer; caFile: string } {
  const [keyFile, caFile] = [join(root, 'key.pem'), join(root, 'ca.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ].concat(['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', keyFile, '-out', caFile]),
    { stdio: 'ignore' },
  );
  return { key: readFileSync(keyFile), cert: readFileSync(caFile), caFile };
}

async function serve(
  state: GitServer,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { authorization } = request.headers;
  state.requests.push({ line: `${request.method} ${request.url}`, authorization });
  if (await state.before?.(request, response)) return;
  const expected = `Basic ${Buffer.from(`x-access-token:${state.token}`).toString('base64')}`;
  if (authorization !== expected) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('no');
    return;
  }
  await runBackend(state, root, request, response);
}

/** git-http-backend(1) speaks CGI. */
async function runBackend(
  state: GitServer,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [pathname = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...CLEAN,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? '',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'x-access-token',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  request.once('aborted', () => child.stdin.destroy());
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  if (state.cutAnswer?.(request)) {
    request.socket.destroy();
    return;
  }
  const output = Buffer.concat(chunks);
  const end = output.indexOf('\r\n\r\n');
  const headers = output
    .subarray(0, Math.max(0, end))
    .toString('latin1')
    .split('\r\n')
    .map((line): [string, string] => [line.split(': ')[0] ?? '', line.split(': ').slice(1).join(': ')]);
  const status = Number(headers.find(([name]) => name === 'Status')?.[1].slice(0, 3) ?? 200);
  response.writeHead(end < 0 ? 500 : status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
  response.end(output.subarray(end + 4));
}
