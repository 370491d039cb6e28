import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useLocalGateway } from '../../../functions/platform/process/own-url.ts';
import { declareRunSandboxCommand, runSandboxCommand } from '../../../functions/tools/endpoints/run-sandbox-command.ts';
import { openSandbox } from '../../../functions/tools/sandbox/open-sandbox.ts';
import { changeFiles, findFile, listWorkspace, storeContent } from '../../../functions/tools/workspace.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';
import { waitFor } from '../../support/local-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { processesWith } from '../sandbox/processes.ts';
import { createToolCaller, type ToolCaller, toolCallerOf } from '../tool-caller.ts';

/** Uses real HTTP, a real sandbox and a real database. */
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

/**
 * Waits until a command sleeps, runs `act`, and ends the sleep, so that the command continues.
 */
async function duringSleep(seconds: string, act: () => Promise<unknown>): Promise<void> {
  const sleepers = () => processesWith(`sleep\0${seconds}`).map(({ pid }) => pid);
  await waitFor('the command to sleep', () => sleepers().length > 0);
  await act();
  const ended = sleepers();
  for (const pid of ended) process.kill(Number(pid));
  await waitFor('the sleep to end', () => !sleepers().some((pid) => ended.includes(pid)));
}

describe('a command', () => {
  test.skipIf(!hasSandbox)('reads and changes the files, and the answer says how it ended', async () => {
    await worker.call('write_file', {
      path: 'src/sum.js',
      content: 'console.log(process.argv.slice(2).reduce((a, b) => a + +b, 0));',
    });
    const outcome = await run(
      'node src/sum.js 40 2 | tee result.txt && rm src/sum.js && mkdir -p a/b data/logs && echo hi > a/b/c',
    );
    expect(outcome.isError).toBe(false);
    expect(outcome.output).toMatch(/^Exit code 0 \(\d+\.\d s\)\n--- stdout\n42\n--- Changed: /);
    expect(outcome.output).toContain('--- Not kept: data/logs (empty folders are not kept)');
    expect(outcome.facts).toMatchObject({ outcome: 'completed', exit_code: 0 });
    expect(outcome.facts?.paths).toEqual(expect.arrayContaining(['result.txt', 'a/b/c', 'src/sum.js']));
    expect(await worker.text('result.txt')).toBe('42\n');
    expect(await worker.text('a/b/c')).toBe('hi\n');
    expect(await worker.text('src/sum.js')).toBeUndefined();
  });

  test.skipIf(!hasSandbox)(
    'keeps a git repository for the next command, and the other tools do not change it',
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

  test.skipIf(!hasSandbox)('keeps generated folders for later commands, and no other tool sees them', async () => {
    await worker.call('write_file', { path: 'venv-notes.md', content: '# venv\n' });
    const made = await run(
      `python3 -m venv --without-pip env && mkdir -p node_modules/five target && echo 'module.exports = 5' > node_modules/five/index.js \
       && printf 'Signature: 8a477f597d28d172789f06886806bc55\\n' > target/CACHEDIR.TAG && git init -q --bare remote && git init -q . \
       && git commit -q --allow-empty -m first && git push -q ./remote HEAD:main && ln -s index.js node_modules/five/link.js`,
    );
    expect(made.output).toMatch(
      /^Exit code 0[\s\S]*Kept for commands of this run only: env, node_modules, remote, target$/,
    );
    expect((await worker.call('list_files', {})).output).toMatch(/^venv-notes\.md \([^\n]*\)$/);
    expect((await worker.call('read_file', { path: 'remote/HEAD' })).isError).toBe(true);
    const used = await run(
      `env/bin/python -c "import sys; print(sys.prefix)" && node -p "require('five') + require('./node_modules/five/link')" \
       && git -C remote log --format=%s main && cat target/CACHEDIR.TAG`,
    );
    expect(used.output).toMatch(/^Exit code 0 [^\n]*\n--- stdout\n\/workspace\/env\n10\nfirst\nSignature: \w+$/);
    const other = toolCallerOf(
      worker.database,
      { id: worker.context.userId, tenant_id: worker.tenantId },
      worker.runId,
      'frontend',
    );
    expect((await other.call('write_file', { path: 'env', content: 'x' })).output).toContain('is a folder');
    await run('rm -r env node_modules');
    expect((await run('ls')).output).toMatch(/--- stdout\nremote\ntarget\nvenv-notes\.md$/);
  });

  test.skipIf(!hasSandbox)(
    'stores a file of a generated folder that a worker wrote, and shows names as they are',
    async () => {
      await worker.call('write_file', { path: 'node_modules/own/index.js', content: 'module.exports = 1\n' });
      const outcome = await run(
        'mkdir node_modules/other && touch node_modules/other/x && echo 2 > node_modules/own/index.js && touch "å ä.txt" && git init -q && git add . && git ls-files && ln -s x "two\nlines\x1b[2J"',
      );
      expect(outcome.output).toContain('å ä.txt\n');
      expect(outcome.output).toContain('--- Not kept: two\\nlines\\x1b[2J (symbolic links are not stored)');
      expect(await worker.text('node_modules/own/index.js')).toBe('2\n');
    },
  );

  test.skipIf(!hasSandbox)('that writes too much leaves a workspace in which the next command runs', async () => {
    await run('head -c 13000000 /dev/zero > a.bin');
    const outcome = await run('head -c 13000000 /dev/zero > b.bin; echo done > c');
    expect(outcome.output).toMatch(/^Exit code 0.*\n--- Changed: c\n--- Not kept: b\.bin \(the next command/);
    expect((await run('ls')).output).toMatch(/--- stdout\na\.bin\nc$/);
  });

  test.skipIf(!hasSandbox)('runs python, node and pipes, and keeps the executable bit', async () => {
    await worker.call('write_file', {
      path: 'count.py',
      content: 'import sys\nprint(len(sys.stdin.read().split()))\n',
    });
    expect((await run('printf "a b c" | python3 count.py && chmod +x count.py')).output).toContain('--- stdout\n3\n');
    expect(await findFile(worker.database, worker.runId, 'count.py')).toMatchObject({ mode: 'executable', version: 2 });
    expect((await run('ls -l count.py')).output).toContain('rwx');
  });

  test.skipIf(!hasSandbox)('that fails returns an error with its output, and its changes are kept', async () => {
    const outcome = await run('echo partial > partial.txt; echo oops >&2; node -e "process.exit(3)"');
    expect(outcome).toMatchObject({ isError: true, facts: { exit_code: 3 } });
    expect(outcome.output).toMatch(/^Exit code 3 .*\n--- stderr\noops\n/);
    expect(await worker.text('partial.txt')).toBe('partial\n');
  });

  test.skipIf(!hasSandbox)('that exceeds a limit is stopped, and the answer names the limit', async () => {
    const outcome = await run(`awk 'BEGIN { while (1) print "the same line again and again and again" }'`);
    expect(outcome.output).toMatch(/^Stopped after .*: the command printed too much\.\n--- stdout \(cut\)/);
    expect(outcome.facts).toMatchObject({ outcome: 'limit_exceeded' });
    expect(outcome.output.length).toBeLessThan(62_000);
  });

  test.skipIf(!hasSandbox)('that creates symbolic links gets none stored, and the answer says so', async () => {
    const outcome = await run('ln -s /etc/passwd link && echo x > file');
    expect(outcome.output).toMatch(/--- Not kept: link \(.+\)/);
    expect((await listWorkspace(worker.database, worker.runId, { limit: 10 })).map(({ path }) => path)).toEqual([
      'file',
    ]);
  });

  test.skipIf(!hasSandbox)('sees no variable, process or folder of this machine and has no network', async () => {
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

  test('that the policy refuses never reaches the sandbox', async () => {
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

  test.skipIf(!hasSandbox)('is recorded with its hash and its outcome, and never with its text', async () => {
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
  });

  test.skipIf(!hasSandbox)('that prints keys, plain or encoded, has them masked', async () => {
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
    'reaches only the hosts of the policy through a proxy, and each refused host is recorded',
    async () => {
      const ask = `node -e "fetch('http://169.254.169.254/').catch((e) => console.log('failed'))"; curl -s https://hidden.example.org; echo $HTTPS_PROXY`;
      const outcome = await worker.call('run_command', { command: ask }, { allowedHosts: ['files.example.org'] });
      expect(outcome.output).toContain('failed\nhttp://127.0.0.1:3128');
      expect(outcome.output).toMatch(
        /--- Not reached: .*hidden\.example\.org:?\d* \(the policy of the run does not allow it\)/,
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

  test.skipIf(!hasSandbox)('is refused when the files are too large for one request', async () => {
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

describe('concurrent changes of other workers', () => {
  test.skipIf(!hasSandbox)('to other files are kept', async () => {
    const slow = run('sleep 61.52438; echo done > slow.txt');
    await duringSleep('61.52438', () => worker.call('write_file', { path: 'other.txt', content: 'other' }));
    expect((await slow).isError).toBe(false);
    expect([await worker.text('slow.txt'), await worker.text('other.txt')]).toEqual(['done\n', 'other']);
  });

  test.skipIf(!hasSandbox)('to the same file are not overwritten: the command runs again on the new file', async () => {
    await worker.call('write_file', { path: 'log.txt', content: 'one\n' });
    const slow = run('sleep 61.52439; echo three >> log.txt');
    const other = toolCallerOf(worker.database, { id: 'usr', tenant_id: worker.tenantId }, worker.runId, 'frontend');
    await duringSleep('61.52439', () => other.call('write_file', { path: 'log.txt', content: 'one\ntwo\n' }));
    // The second attempt.
    await duringSleep('61.52439', async () => undefined);
    expect((await slow).isError).toBe(false);
    expect(await worker.text('log.txt')).toBe('one\ntwo\nthree\n');
  });
});

describe('a command that is interrupted', () => {
  // The command sleeps longer than the test waits for its end.
  test.skipIf(!hasSandbox)('by the end of its run is killed, keeps no changes, and the call throws', async () => {
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

  test('without a sandbox does not run, and the model is told how to continue', async () => {
    const without = await startServer([
      declareRunSandboxCommand(() => openSandbox({ bubblewrap: '/nowhere/bwrap', isCloud: false })),
    ]);
    try {
      const outcome = await run('echo x > x.txt');
      expect(outcome.isError).toBe(true);
      expect(outcome.statements.map(({ name }) => name)).toEqual(['insert_security_logs']);
      expect(outcome.output).toContain('apt-get install bubblewrap');
      expect(outcome.output).toContain('Continue without');
    } finally {
      await without.queue.close();
      useLocalGateway(server.url);
    }
  });

  test('by a sandbox that does not answer is a failure that tells the model to continue', async () => {
    useLocalGateway('http://127.0.0.1:1');
    try {
      expect(await run('ls')).toMatchObject({ isError: true, output: expect.stringContaining('did not answer') });
    } finally {
      useLocalGateway(server.url);
    }
  });
});
