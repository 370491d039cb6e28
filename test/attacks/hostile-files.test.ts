import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pushRepository } from '../../functions/runs/tools/push-repository.ts';
import { asOwner, openBench, type RunBench } from '../runs/bench.ts';
import { putFiles } from '../runs/endpoints/sprint-files.ts';
import { hasSandbox } from '../support/bubblewrap.ts';
import { call, planFor, write } from '../support/team-script.ts';
import { expectRefused } from './expect-refused.ts';

/** Tests files of a run that attack the machine where its ZIP is unpacked, or the model that reads their names. */
let bench: RunBench;
let folder = '';
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unpacked-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that git runs at `git status` creates this file. */
const canary = () => join(folder, 'command-ran');
const settings = () =>
  `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = touch ${canary()}; false\n`;
const repository = (at: string): Record<string, string> => ({
  [`${at}HEAD`]: 'ref: refs/heads/main\n',
  [`${at}config`]: settings(),
  [`${at}objects/keep`]: 'x',
  [`${at}refs/keep`]: 'x',
});

/** Files that make git run a command in their folder, on one of the usual disks. */
const attacks = (): [string, Record<string, string>][] => [
  ['a file .git that names another folder', { '.git': 'gitdir: d\n', ...repository('d/') }],
  ['a bare repository as the top folder', repository('')],
  ['a bare repository in a folder', repository('a/b/')],
  [
    'a repository with a common folder',
    { ...repository('c/'), 'w/HEAD': 'ref: refs/heads/main\n', 'w/commondir': '../c\n' },
  ],
  ['a folder .git', repository('.git/')],
];
/** Names that other disks take for .git (HFS+, NTFS) or for other names. */
const OTHER_DISKS = [
  ...['.GIT/config', '.git./config', '.git /config', 'git~1/config', 'GIT~2/x', '.g\u200cit/config', '.gi\ufefft/x'],
  ...['.git::$INDEX_ALLOCATION/config', 'a\\.git\\config', 'sub/.Git', 'x/.g\u200dit', '.git...:x'],
  ...['CON', 'docs/nul.txt', 'com1.log', 'end.', 'end ', '..%2fetc', '%2e%2e/x', '%252e%252e%252fx', 'a:b', 'a|b'],
  ...['a<b', 'tab\there', 'two\nlines', 'esc\u001b[2J'],
];

/** Runs `git status` in every folder. */
function statusEverywhere(root: string): void {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const folders = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const cwd of [root, ...folders.map((entry) => join(entry.parentPath, entry.name))])
    spawnSync('git', ['status'], { cwd, env });
}

async function unzip(sprint: string): Promise<{ root: string; names: string[] }> {
  const response = await fetch(`${bench.server.url}/api/v1/sprints/${sprint}/download`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bench.person.token}` },
  });
  const root = join(folder, 'unpacked');
  const zip = join(folder, 'download.zip');
  writeFileSync(zip, Buffer.from(await response.arrayBuffer()));
  execFileSync('unzip', ['-q', zip, '-d', root]);
  const names = execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' }).trimEnd().split('\n');
  return { root, names };
}

const listed = async (sprint: string): Promise<string[]> => {
  const { body } = await bench.server.call('GET', `/api/v1/sprints/${sprint}/files?limit=200`, {
    token: bench.person.token,
  });
  return body.items.map((item: { path: string }) => item.path);
};

describe('git in the folder where a ZIP is unpacked', () => {
  // biome-ignore lint/suspicious/noExplicitAny: an answer of the API, matched as it is
  let sprint: any;
  beforeAll(async () => {
    sprint = await bench.play({ plan: planFor('backend') });
  });

  test.each(attacks().map(([name], index) => [name, index] as const))('runs no command: %s', async (_, index) => {
    const files = attacks()[index]?.[1] ?? {};
    // Unpacked as they are, the files run the command, so this test can fail.
    const control = join(folder, 'control');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(control, path)), { recursive: true });
      writeFileSync(join(control, path), text);
    }
    statusEverywhere(control);
    expect(existsSync(canary())).toBe(true);
    rmSync(canary());
    // Stored past every check of a tool, as two workers at once could.
    const { id } = sprint;
    await asOwner('delete from run_files where run_id = $1', [id]);
    await putFiles(bench, id, { ...files, 'README.md': 'x' });
    const { root, names } = await unzip(id);
    expect(names).toContain('README.md');
    statusEverywhere(root);
    expect(existsSync(canary())).toBe(false);
  });

  test('runs no command, whatever a worker writes and a command leaves', async () => {
    const files = Object.assign({}, ...attacks().map(([, some]) => some));
    const commands = [
      `python3 -c "
import os, json
for path, text in json.load(open('evil.json')).items():
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    open(path, 'w').write(text)
"`,
      'ls -a',
    ];
    const evil = Object.fromEntries([...Object.entries(files), ...OTHER_DISKS.map((path) => [path, 'x'])]);
    const written = await bench.play(
      {
        plan: planFor('backend'),
        backend: [
          { text: '', toolCalls: Object.entries(evil).map(([path, text]) => write(path, String(text))) },
          { text: '', toolCalls: [write('README.md', 'x'), write('evil.json', JSON.stringify(evil))] },
          ...(hasSandbox
            ? commands.map((command) => ({ text: '', toolCalls: [call('run_command', { command })] }))
            : []),
          { text: 'Done.' },
        ],
      },
      { team: ['backend'] },
    );
    const names = await listed(written.id);
    expect(names).toContain('README.md');
    for (const path of ['.git', ...OTHER_DISKS]) expect(names).not.toContain(path);
    const { root } = await unzip(written.id);
    statusEverywhere(root);
    expect(existsSync(canary())).toBe(false);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('x');
  });
});

test('names that differ only in case are refused, and those that differ in normalisation are told apart', async () => {
  const sprint = await bench.play(
    {
      plan: planFor('backend'),
      backend: [
        { text: '', toolCalls: ['App.js', 'app.js', 'e\u0301', '\u00e9', '\u00c9'].map((path) => write(path, path)) },
        { text: 'Done.' },
      ],
    },
    { team: ['backend'] },
  );
  expect(await listed(sprint.id)).toEqual(['App.js', 'e\u0301', '\u00e9']);
  await unzip(sprint.id);
  const comment = execFileSync('unzip', ['-z', join(folder, 'download.zip')], { encoding: 'utf8' });
  expect(comment).toContain('\\u00e9: some file systems confuse it with e\\u0301');
});

test.skipIf(!hasSandbox)('control characters in names do not reach the model', async () => {
  const name = 'two\nlines\u001b[2J\u202egnp.exe';
  const command = `ln -s x '${name}'; mkdir '${name}d'; touch '${name}d/f' ok; ls -d ok`;
  const backend = [{ text: '', toolCalls: [call('run_command', { command })] }, { text: 'Done.' }];
  await bench.play({ plan: planFor('backend'), backend }, { team: ['backend'] });
  const said = JSON.stringify(bench.team.of('backend', 1)[0]?.request.messages.at(-1));
  expect(said).toContain('two\\\\nlines\\\\x1b[2J\\\\u202egnp.exe (symbolic links');
  expect(said).not.toMatch(/two\\nlines|\\u001b|\u202e/);
});

test.each([
  'refs/heads/main',
  'refs/pull/1/head',
  'FETCH_HEAD',
  'HEAD',
  '@{-1}',
  '-x',
  'a..b',
  'a.lock',
  'x y',
  '0'.repeat(40),
])('422 for %j as the branch of a memory, and a push to it is refused', async (branch) => {
  const body = { repo_url: 'leo/memory', branch };
  const { token } = bench.person;
  const answer = await bench.server.call('POST', '/api/v1/repos/setup', { token, body });
  expectRefused(answer, 422);
  expect(JSON.stringify(answer.body)).toContain('branch');
  expect(pushRepository.parameters.safeParse({ message: 'All', branch }).success).toBe(false);
});
