import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useLocalGateway } from '../../../functions/platform/http/internal-call.ts';
import { declareRunSandboxCommand, runSandboxCommand } from '../../../functions/tools/endpoints/run-sandbox-command.ts';
import { openSandbox } from '../../../functions/tools/sandbox/open-sandbox.ts';
import { changeFiles, findFile, listWorkspace, storeContent } from '../../../functions/tools/workspace.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';
import { waitFor } from '../../support/local-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { createToolCaller, type ToolCaller, toolCallerOf } from '../tool-caller.ts';

/** Real HTTP, real sandbox, real database. */
let server: TestServer;
let worker: ToolCaller;
beforeAll(async () => {
  server = await startServer([runSandboxCommand]);
});
afterAll(() => server.close());
beforeEach(async () => {
  worker = await createToolCaller();
});

const run = (command: string) => worker.call('run_command', { command });

/** Processes of this machine whose command line holds a word that only one test uses. */
function processesWith(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
      } catch {
        return false;
      }
    });
}

/**
 * Waits until a command sleeps for so many seconds, does something, and ends the sleep, which lets the command go on.
 */
async function duringSleep(seconds: string, act: () => Promise<unknown>): Promise<void> {
  const sleepers = () => processesWith(`sleep\0${seconds}`);
  await waitFor('the command to sleep', () => sleepers().length > 0);
  await act();
  const ended = sleepers();
  for (const pid of ended) process.kill(Number(pid));
  await waitFor('the sleep to end', () => !sleepers().some((pid) => ended.includes(pid)));
}

describe('a command', () => {
  test.skipIf(!hasSandbox)('sees the files, changes them, and the answer says how it ended', async () => {
    await worker.call('write_file', {
      path: 'src/sum.js',
      content: 'console.log(process.argv.slice(2).reduce((a, b) => a + +b, 0));',
    });
    const outcome = await run(
      'node src/sum.js 40 2 | tee result.txt && rm src/sum.js && mkdir -p a/b && echo hi > a/b/c',
    );
    expect(outcome.isError).toBe(false);
    expect(outcome.output).toMatch(/^Exit code 0 \(\d+\.\d s\)\n--- stdout\n42\n--- Changed: /);
    expect(outcome.facts).toMatchObject({ outcome: 'completed', exit_code: 0 });
    expect(outcome.facts?.paths).toEqual(expect.arrayContaining(['result.txt', 'a/b/c', 'src/sum.js']));
    expect(await worker.text('result.txt')).toBe('42\n');
    expect(await worker.text('a/b/c')).toBe('hi\n');
    expect(await worker.text('src/sum.js')).toBeUndefined();
  });

  test.skipIf(!hasSandbox)(
    'keeps a git repository from one command to the next, and the tools leave it alone',
    async () => {
      await worker.call('write_file', { path: 'readme.md', content: '# Hello\n' });
      const first = await run('git init -q && git add . && git commit -q -m "First" && git log --oneline');
      expect(first.output).toMatch(/^Exit code 0[\s\S]*First$/);
      expect(first.output).not.toContain('.git/');
      await worker.call('edit_file', { path: 'readme.md', old_text: 'Hello', new_text: 'Goodbye' });
      const second = await run(
        'git status --short && git diff | grep "^[+-]" && git log --oneline | wc -l && git fsck',
      );
      expect(second.output).toMatch(/ M readme\.md\n[\s\S]*-# Hello\n\+# Goodbye\n1/);
      expect(second.isError).toBe(false);
      expect((await worker.call('list_files', {})).output).toMatch(/^readme\.md \([^\n]*\)$/);
      expect((await worker.call('write_file', { path: '.git/hooks/post-checkout', content: 'x' })).isError).toBe(true);
    },
  );

  test.skipIf(!hasSandbox)('runs python, node and pipes, and keeps the executable bit', async () => {
    await worker.call('write_file', {
      path: 'count.py',
      content: 'import sys\nprint(len(sys.stdin.read().split()))\n',
    });
    expect((await run('printf "a b c" | python3 count.py && chmod +x count.py')).output).toContain('--- stdout\n3\n');
    expect(await findFile(worker.database, worker.runId, 'count.py')).toMatchObject({ mode: 'executable', version: 2 });
    expect((await run('ls -l count.py')).output).toContain('rwx');
  });

  test.skipIf(!hasSandbox)(
    'that fails is an error with its output, and what it changed is kept all the same',
    async () => {
      const outcome = await run('echo partial > partial.txt; echo oops >&2; node -e "process.exit(3)"');
      expect(outcome).toMatchObject({ isError: true, facts: { exit_code: 3 } });
      expect(outcome.output).toMatch(/^Exit code 3 .*\n--- stderr\noops\n/);
      expect(await worker.text('partial.txt')).toBe('partial\n');
    },
  );

  test.skipIf(!hasSandbox)('that passes a limit is stopped and told', async () => {
    const outcome = await run(`awk 'BEGIN { while (1) print "the same line again and again and again" }'`);
    expect(outcome.output).toMatch(/^Stopped after .*: it printed too much\.\n--- stdout \(cut\)/);
    expect(outcome.facts).toMatchObject({ outcome: 'limit_exceeded' });
    expect(outcome.output.length).toBeLessThan(62_000);
  });

  test.skipIf(!hasSandbox)('brings back no links, and says so', async () => {
    const outcome = await run('ln -s /etc/passwd link && echo x > file');
    expect(outcome.output).toMatch(/--- Not kept: link \(.+\)/);
    expect((await listWorkspace(worker.database, worker.runId, { limit: 10 })).map(({ path }) => path)).toEqual([
      'file',
    ]);
  });

  test.skipIf(!hasSandbox)('sees nothing of ours: no variable, no process, no folder, no network', async () => {
    const outcome = await run(
      'node -p "JSON.stringify(process.env)"; cat /proc/*/environ | tr "\\0" "\\n"; ls /work /root /home; ls /proc | grep -c "^[0-9]"; ' +
        `node -e "require('net').connect(${new URL(server.url).port}, '127.0.0.1').on('connect', () => console.log('CONNECTED')).on('error', (e) => console.log(e.code))"`,
    );
    expect(outcome.output).not.toMatch(/APEXFLOW|DATABASE_URL|VITEST|apexflow|CONNECTED/);
    expect(outcome.output).toContain('ECONNREFUSED');
    for (const [name, value] of Object.entries(process.env)) {
      if (name.startsWith('APEXFLOW') && value) expect(outcome.output).not.toContain(value);
    }
  });

  test('that is refused by the policy never reaches the sandbox', async () => {
    useLocalGateway('http://127.0.0.1:1');
    try {
      const outcome = await run('curl http://169.254.169.254/');
      expect(outcome.isError).toBe(true);
      expect(outcome.output).toContain('The command "curl" is not available');
      expect(await worker.securityEvents()).toMatchObject([
        { action: 'command_refused', detail: { tool: 'run_command', worker: 'backend' } },
      ]);
    } finally {
      useLocalGateway(server.url);
    }
  });

  test.skipIf(!hasSandbox)(
    'is noted with its hash and its end, however it ends, and never with its words',
    async () => {
      await run('echo hello && exit 3');
      await run(`awk 'BEGIN { while (1) print "the same line again and again and again" }'`);
      const [ended, stopped, ...more] = await worker.securityEvents();
      expect(more).toEqual([]);
      expect(ended).toMatchObject({
        action: 'sandbox_completed',
        user_id: worker.context.userId,
        session_id: worker.runId,
        code_snippet: `sha256:${createHash('sha256').update('echo hello && exit 3').digest('hex')} (20 characters)`,
        detail: {
          tool: 'run_command',
          outcome: 'completed',
          exit_code: 3,
          worker: 'backend',
          call: worker.context.callKey,
        },
      });
      expect(stopped).toMatchObject({
        action: 'sandbox_limit',
        detail: { outcome: 'limit_exceeded', limit: 'output' },
      });
      expect(JSON.stringify([ended, stopped])).not.toContain('hello');
    },
  );

  test.skipIf(!hasSandbox)('shows no key that it prints, plain or encoded', async () => {
    const key = `ghp_${'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'}`;
    await worker.call('write_file', { path: 'key.txt', content: `${key}\n` });
    await worker.call('write_file', {
      path: 'show.js',
      content: `const key = require('fs').readFileSync('key.txt', 'utf8').trim();
        console.log(key, Buffer.from(key).toString('base64'), [...key].reverse().join(''));`,
    });
    const outcome = await run('node show.js && cat key.txt');
    expect(outcome.output).toContain('ghp_AbCd…');
    expect(outcome.output).not.toContain(key);
    expect(outcome.output).not.toContain(Buffer.from(key).toString('base64').slice(0, 20));
    expect(outcome.output).not.toContain('9876543210');
    expect(await worker.text('key.txt')).toBe(`${key}\n`);
  });

  test.skipIf(!hasSandbox)(
    'gets a proxy as its only way out where the policy opens hosts, and each refused host is noted',
    async () => {
      const ask = `node -e "fetch('http://169.254.169.254/').catch((e) => console.log('failed'))"; curl -s https://hidden.example.org; echo $HTTPS_PROXY`;
      const outcome = await worker.call('run_command', { command: ask }, { allowedHosts: ['files.example.org'] });
      expect(outcome.output).toContain('failed\nhttp://127.0.0.1:3128');
      expect(outcome.output).toMatch(
        /--- Not reached: .*hidden\.example\.org:?\d* \(the policy of the run does not name it\)/,
      );
      expect(outcome.facts?.refused_hosts).toHaveLength(2);
      const events = await worker.securityEvents();
      expect(events.map(({ action }) => action)).toEqual(['sandbox_completed', 'host_refused', 'host_refused']);
      expect(events[1]?.detail).toMatchObject({
        host: expect.stringContaining('169.254.169.254'),
        count: expect.any(Number),
      });
      const closed = await worker.call(
        'run_command',
        { command: 'echo "proxy: $HTTPS_PROXY"', offline: true },
        { allowedHosts: ['files.example.org'] },
      );
      expect(closed.output).toMatch(/\nproxy: $/);
    },
  );

  test.skipIf(!hasSandbox)('gets no more than a request carries', async () => {
    const bytes = Buffer.alloc(12 * 1024 * 1024);
    const { sha256 } = await storeContent(worker.tenantId, bytes);
    const put = (path: string, size: number) =>
      worker.database.queryAll(
        changeFiles({ runId: worker.runId, updatedBy: 'person', upserts: [{ path, sha256, size, mode: 'regular' }] }),
      );
    await put('one.bin', bytes.length);
    expect((await run('wc -c one.bin')).output).toContain(`${bytes.length} one.bin`);
    await put('two.bin', bytes.length);
    expect(await run('ls')).toMatchObject({
      isError: true,
      statements: [],
      output: expect.stringContaining('25,165,824 bytes in 2 files'),
    });
  });
});

describe('others at the same time', () => {
  test.skipIf(!hasSandbox)('who change other files keep theirs', async () => {
    const slow = run('sleep 61.52438; echo done > slow.txt');
    await duringSleep('61.52438', () => worker.call('write_file', { path: 'other.txt', content: 'other' }));
    expect((await slow).isError).toBe(false);
    expect([await worker.text('slow.txt'), await worker.text('other.txt')]).toEqual(['done\n', 'other']);
  });

  test.skipIf(!hasSandbox)(
    'who change the same file are not overwritten: the command is made again over theirs',
    async () => {
      await worker.call('write_file', { path: 'log.txt', content: 'one\n' });
      const slow = run('sleep 61.52439; echo three >> log.txt');
      const other = toolCallerOf(worker.database, { id: 'usr', tenant_id: worker.tenantId }, worker.runId, 'frontend');
      await duringSleep('61.52439', () => other.call('write_file', { path: 'log.txt', content: 'one\ntwo\n' }));
      // The second time over.
      await duringSleep('61.52439', async () => undefined);
      expect((await slow).isError).toBe(false);
      expect(await worker.text('log.txt')).toBe('one\ntwo\nthree\n');
    },
  );
});

describe('an end from outside', () => {
  // The command would sleep for longer than is waited for its end.
  test.skipIf(!hasSandbox)('a stopped run kills the command, keeps nothing, and throws', async () => {
    const stop = new AbortController();
    const command = 'echo begun > begun.txt && sleep 61.52437';
    const calling = worker.call('run_command', { command }, { signal: stop.signal });
    const ended = calling.then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    await waitFor('the command to run', () => processesWith('61.52437').length > 0);
    stop.abort(new Error('the run was cancelled'));
    expect(await ended).toBe('the run was cancelled');
    await waitFor('the command to be gone', () => processesWith('61.52437').length === 0);
    expect(await worker.text('begun.txt')).toBeUndefined();
  });

  test('no sandbox: nothing runs, and the model is told how to get one and to go on', async () => {
    const without = await startServer([
      declareRunSandboxCommand(() => openSandbox({ bubblewrap: '/nowhere/bwrap', isCloud: false })),
    ]);
    try {
      const outcome = await run('echo x > x.txt');
      expect(outcome.isError).toBe(true);
      expect(outcome.statements.map(({ name }) => name)).toEqual(['insert_security_logs']);
      expect(outcome.output).toContain('apt-get install bubblewrap');
      expect(outcome.output).toContain('Go on without');
    } finally {
      await without.queue.close();
      useLocalGateway(server.url);
    }
  });

  test('a sandbox that does not answer is a failure to go on from', async () => {
    useLocalGateway('http://127.0.0.1:1');
    try {
      expect(await run('ls')).toMatchObject({ isError: true, output: expect.stringContaining('did not answer') });
    } finally {
      useLocalGateway(server.url);
    }
  });
});
