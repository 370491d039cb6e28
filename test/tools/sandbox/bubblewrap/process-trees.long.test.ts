import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { invokerToken } from '../../../../functions/platform/sign-in/oidc.ts';
import { openSandbox } from '../../../../functions/tools/sandbox/open-sandbox.ts';
import { hasSandbox } from '../../../support/bubblewrap.ts';
import { waitFor } from '../../../support/local-server.ts';
import { processesWith } from '../processes.ts';

/** Runs real processes that resist being killed. */
const sandbox = await openSandbox({ isCloud: false });
const run = (command: string, timeout_seconds = 20) =>
  sandbox.run({ command, files: [], timeout_seconds, network: 'none' });

/** Ways to leave a process behind. It is found by its number of seconds to sleep, which no other test uses. */
const ESCAPES: [string, (seconds: string) => string][] = [
  ['a child in the background', (seconds) => `sleep ${seconds} &`],
  ['forked twice', (seconds) => `(sh -c "sleep ${seconds} & exec sleep 0.01" &)`],
  ['a session of its own', (seconds) => `setsid sleep ${seconds} &`],
  [
    'ignoring every signal that can be ignored',
    (seconds) => `(trap "" TERM INT HUP QUIT USR1 PIPE ALRM; exec sleep ${seconds}) &`,
  ],
  ['stopped', (seconds) => `sleep ${seconds} & kill -STOP $!`],
  ['stopped in a session of its own', (seconds) => `setsid sh -c "kill -STOP \\$\\$; sleep ${seconds}" &`],
  ['a daemon without descriptors', (seconds) => `setsid sh -c "exec sleep ${seconds}" </dev/null >/dev/null 2>&1 &`],
  [
    'a process that restarts itself',
    (seconds) => `python3 -c "
import os, signal
if os.fork(): os._exit(0)
os.setsid()
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
os.execlp('sleep', 'sleep', '${seconds}')"`,
  ],
];

// Concurrent, because each test waits for its deadline.
describe.skipIf(!hasSandbox).concurrent('a left-over process is dead when the command has ended:', () => {
  it.each(ESCAPES.map(([how, leave], index) => [how, leave, `98711${index}`] as const))(
    '%s, at the deadline',
    async (_how, leave, seconds) => {
      const result = await run(`${leave(seconds)}\nsleep ${seconds}`, 1);
      expect(result.status).toBe('timed_out');
      expect(processesWith(seconds)).toEqual([]);
    },
  );

  it.each(ESCAPES.map(([how, leave], index) => [how, leave, `98712${index}`] as const))(
    '%s, when the command ends by itself',
    async (_how, leave, seconds) => {
      expect(await run(`${leave(seconds)}\nsleep 0.1; exit 4`)).toMatchObject({ status: 'completed', exit_code: 4 });
      expect(processesWith(seconds)).toEqual([]);
    },
  );

  it('even if the first shell was stopped and its children ignore signals', async () => {
    const result = await run('(trap "" TERM; sleep 987103) & kill -STOP $$', 1);
    expect(result.status).toBe('timed_out');
    expect(processesWith('987103')).toEqual([]);
  });

  it('orphans are reaped inside, so that zombies do not fill the sandbox', async () => {
    const result = await run(`python3 -c "
import os, time
for i in range(100):
    if os.fork() == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.wait()
time.sleep(0.5)
print(sum(1 for p in os.listdir('/proc') if p.isdigit() and open(f'/proc/{p}/stat').read().split(') ')[-1][0] == 'Z'))"`);
    expect(result).toMatchObject({ status: 'completed', stdout: '0\n' });
  });

  it('a tree that a process changed until its death is returned without links', async () => {
    const result = await run(
      'mkdir -p a b && ln -s /etc b/link && (while :; do mv a c; mv b a; mv c b; done) 2>/dev/null & sleep 0.5; exit 0',
    );
    if (result.status !== 'completed') throw new Error(result.status);
    expect(result.changed).toEqual([]);
    expect(result.not_kept).toContainEqual({
      path: expect.stringMatching(/link$/),
      reason: 'symbolic links are not stored',
    });
  });
});

describe.skipIf(!hasSandbox)('a left-over process', () => {
  it('leaves no zombie on this machine when its parent never waited for it', async () => {
    const zombies = () =>
      readdirSync('/proc').filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.startsWith(`Z ${process.pid} `);
        } catch {
          return false;
        }
      });
    const result = await run(`python3 -c "
import os, time
for i in range(50):
    if os.fork() == 0: os._exit(0)
time.sleep(0.2)
print(sum(1 for p in os.listdir('/proc') if p.isdigit() and open(f'/proc/{p}/stat').read().split(') ')[-1][0] == 'Z'))"`);
    expect(result).toMatchObject({ status: 'completed', stdout: '50\n' });
    expect(zombies()).toEqual([]);
  });
});

const services: ChildProcess[] = [];
afterEach(() => {
  for (const service of services.splice(0)) service.kill('SIGKILL');
});

describe.skipIf(!hasSandbox)('kill -9 of the service while a command runs', () => {
  it.each([
    ['with the network closed', 'none', '987104'],
    ['with a host opened', { allowed_hosts: ['files.example.org'] }, '987105'],
  ])(
    '%s: all processes of the command die, and the next start removes its folders',
    async (_what, network, seconds) => {
      const service = await startService();
      void service.post({ command: `(setsid sleep ${seconds} &); trap "" TERM; sleep ${seconds}`, files: [], network });
      await waitFor('both sleeps to start', () => processesWith(`sleep\0${seconds}`).length === 2);
      await service.kill();
      await waitFor('the command to be gone', () => processesWith(seconds).length === 0);
      await openSandbox({ isCloud: false });
      const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`apexflow-work-${service.pid}-`));
      expect(left).toEqual([]);
    },
  );

  it.each([5, 20, 40, 80, 160])('%i ms after the request arrived', async (delay) => {
    const service = await startService();
    void service.post({ command: 'sleep 987106', files: [] });
    await sleep(delay);
    await service.kill();
    // The arguments of bubblewrap contain the command, so this also proves that bubblewrap has ended.
    await waitFor('the command to be gone', () => processesWith('987106').length === 0);
  });
});

interface Service {
  pid: number | undefined;
  post(body: object): Promise<unknown>;
  /** Kills the process with SIGKILL and waits until it has ended. */
  kill(): Promise<void>;
}

async function startService(): Promise<Service> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../../functions/platform/serve.ts')], {
    env: { ...process.env, FUNCTION_TARGET: 'tools-run-sandbox-command', PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  services.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const port = await waitFor('the service to listen', () => {
    if (child.exitCode !== null) throw new Error(`The service ended: ${output}`);
    return /"port":(\d+)/.exec(output)?.[1];
  });
  const token = await invokerToken('tools-run-sandbox-command');
  return {
    pid: child.pid,
    post: (body) =>
      fetch(`http://127.0.0.1:${port}/internal/sandbox/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined),
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
