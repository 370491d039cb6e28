import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { invokerToken } from '../../../../functions/platform/sign-in/oidc.ts';
import { openSandbox } from '../../../../functions/tools/sandbox/open-sandbox.ts';
import { processesWith } from '../processes.ts';

/** Real processes that do not want to die. Without bubblewrap these tests fail, because then nothing is proven. */
const sandbox = await openSandbox({ isCloud: false });
const run = (command: string, timeout_seconds = 20) =>
  sandbox.run({ command, files: [], timeout_seconds, network: 'none' });

/** Each leaves a process behind that sleeps for so many seconds, in another way. */
const ESCAPES: [string, (seconds: string) => string][] = [
  ['a child in the background', (seconds) => `sleep ${seconds} &`],
  ['forked twice', (seconds) => `(sh -c "sleep ${seconds} & exec sleep 0.01" &)`],
  ['a session of its own', (seconds) => `setsid sleep ${seconds} &`],
  [
    'deaf to every signal that can be ignored',
    (seconds) => `(trap "" TERM INT HUP QUIT USR1 PIPE ALRM; exec sleep ${seconds}) &`,
  ],
  ['stopped', (seconds) => `sleep ${seconds} & kill -STOP $!`],
  ['stopped in a session of its own', (seconds) => `setsid sh -c "kill -STOP \\$\\$; sleep ${seconds}" &`],
  ['a daemon without descriptors', (seconds) => `setsid sh -c "exec sleep ${seconds}" </dev/null >/dev/null 2>&1 &`],
  [
    'one that starts itself anew',
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

describe('a process that was left behind is dead when the command is over', () => {
  it.each(ESCAPES)('%s, at the deadline', async (_how, leave) => {
    const result = await run(`${leave('987101')}\nsleep 987101`, 1);
    expect(result.status).toBe('timed_out');
    expect(processesWith('987101')).toEqual([]);
  });

  it.each(ESCAPES)('%s, when the command ends by itself', async (_how, leave) => {
    expect(await run(`${leave('987102')}\nsleep 0.1; exit 4`)).toMatchObject({ status: 'completed', exit_code: 4 });
    expect(processesWith('987102')).toEqual([]);
  });

  it('even if the first shell was stopped and its children refuse to end', async () => {
    const result = await run('(trap "" TERM; sleep 987103) & kill -STOP $$', 1);
    expect(result.status).toBe('timed_out');
    expect(processesWith('987103')).toEqual([]);
  });

  it('and a parent that never waits leaves no zombies to this machine', async () => {
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

  it('and what orphans leave is reaped inside, so that a command does not choke on its dead', async () => {
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

  it('and a tree that a dead process swapped under us holds no link of its', async () => {
    const result = await run(
      'mkdir -p a b && ln -s /etc b/link && (while :; do mv a c; mv b a; mv c b; done) 2>/dev/null & sleep 0.5; exit 0',
    );
    if (result.status !== 'completed') throw new Error(result.status);
    expect(result.changed).toEqual([]);
    expect(result.not_kept).toEqual([
      { path: expect.stringMatching(/link$/), reason: 'symbolic links are not stored' },
    ]);
  });
});

describe('kill -9 of the service in the middle of a command', () => {
  it.each([
    ['with the network closed', 'none', '987104'],
    ['with a host opened', { allowed_hosts: ['files.example.org'] }, '987105'],
  ])(
    '%s: nothing of it lives a moment later, and the next start sweeps its folders',
    async (_what, network, seconds) => {
      const service = await startService();
      void service.post({ command: `(setsid sleep ${seconds} &); trap "" TERM; sleep ${seconds}`, files: [], network });
      await expect.poll(() => processesWith(`sleep\0${seconds}`).length, { timeout: 15_000 }).toBe(2);
      const exited = once(service.child, 'exit');
      service.child.kill('SIGKILL');
      await exited;
      await expect.poll(() => processesWith(seconds), { timeout: 5_000 }).toEqual([]);
      await openSandbox({ isCloud: false });
      const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`apexflow-work-${service.child.pid}-`));
      expect(left).toEqual([]);
    },
  );

  it.each([5, 20, 40, 80, 160])('%i ms after the request came', async (delay) => {
    const service = await startService();
    void service.post({ command: 'sleep 987106', files: [] });
    await sleep(delay);
    const exited = once(service.child, 'exit');
    service.child.kill('SIGKILL');
    await exited;
    // bubblewrap has the command among its own arguments, so neither of them is there.
    await expect.poll(() => processesWith('987106'), { timeout: 5_000 }).toEqual([]);
  });
});

interface Service {
  child: ChildProcess;
  post(body: object): Promise<unknown>;
}

async function startService(): Promise<Service> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../../functions/platform/serve.ts')], {
    env: { ...process.env, FUNCTION_TARGET: 'tools-run-sandbox-command', PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('"port":')) break;
  }
  const port = /"port":(\d+)/.exec(said)?.[1];
  const token = await invokerToken('tools-run-sandbox-command');
  return {
    child,
    post: (body) =>
      fetch(`http://127.0.0.1:${port}/internal/sandbox/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined),
  };
}
