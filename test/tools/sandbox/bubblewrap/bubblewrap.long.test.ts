import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../functions/tools/sandbox/limits.ts';
import { openSandbox } from '../../../../functions/tools/sandbox/open-sandbox.ts';
import type { SandboxRequest, SandboxResult, TreeFile } from '../../../../functions/tools/sandbox/sandbox.ts';
import { hasSandbox } from '../../../support/bubblewrap.ts';
import { waitFor } from '../../../support/local-server.ts';
import { processesWith } from '../processes.ts';

/** Runs real commands in real namespaces. */
const sandbox = await openSandbox({ isCloud: false });

const file = (path: string, text: string, mode: TreeFile['mode'] = 'regular'): TreeFile => ({
  path,
  mode,
  content: new TextEncoder().encode(text),
});

const request = (command: string, files: TreeFile[] = [], timeout_seconds = 30): SandboxRequest => ({
  command,
  files,
  timeout_seconds,
  network: 'none',
});

async function runCompleted(command: string, files: TreeFile[] = []) {
  const result = await sandbox.run(request(command, files));
  if (result.status !== 'completed')
    throw new Error(`expected completed, got ${JSON.stringify(result).slice(0, 2000)}`);
  return result;
}

const texts = (result: { changed: TreeFile[] }) =>
  Object.fromEntries(result.changed.map(({ path, content }) => [path, new TextDecoder().decode(content)]));

describe.skipIf(!hasSandbox)('a command', () => {
  it('can use git, node, npm, npx, python, python3, pip, pipes and &&', async () => {
    const [result, npm, pip] = await Promise.all([
      runCompleted('node -v && python -V && python3 -V && echo b a | tr " " "\\n" | sort && awk "BEGIN{print 40+2}"'),
      runCompleted('npm -v && npx -v'),
      runCompleted('git --version && pip --version'),
    ]);
    for (const { exit_code, stderr } of [result, npm, pip]) expect(exit_code, stderr).toBe(0);
    expect(result.stdout).toContain(process.version);
    expect(result.stdout).toContain('a\nb\n42\n');
  });

  it('returns new and deleted files and files with a new content or mode, and nothing else', async () => {
    const files = [
      file('same', 's'),
      file('dir/changed', 'old'),
      file('gone', 'g'),
      file('script', '#!/bin/sh\necho ran', 'executable'),
      file('made', 'm'),
    ];
    const result = await runCompleted(
      './script && rm gone && echo -n new > dir/changed && chmod +x made && mkdir -p x/y && echo -n z > x/y/z',
      files,
    );
    expect(result.stdout).toBe('ran\n');
    expect(texts(result)).toEqual({ 'dir/changed': 'new', 'x/y/z': 'z', made: 'm' });
    expect(result.changed.find(({ path }) => path === 'made')?.mode).toBe('executable');
    expect(result.deleted).toEqual(['gone']);
    expect(result.not_kept).toEqual([]);
  });

  it('gets the git repository of the command before, even an empty one, without the sample hooks', async () => {
    const first = await runCompleted('git init -q -b main .');
    expect(first.changed.map(({ path }) => path)).toContain('.git/HEAD');
    expect(first.changed.filter(({ path }) => path.endsWith('.sample'))).toEqual([]);
    const second = await runCompleted('echo 1 > a && git add . && git commit -q -m one && git gc -q', first.changed);
    expect(second.exit_code, second.stderr).toBe(0);
    const kept = new Map([...first.changed, ...second.changed].map((one) => [one.path, one]));
    for (const path of second.deleted) kept.delete(path);
    const third = await runCompleted('git log --format=%s:%an && git status --porcelain && git fsck', [
      ...kept.values(),
    ]);
    expect(third.exit_code, third.stderr).toBe(0);
    expect(third.stdout).toBe('one:Agent\n');
  });

  it('gets long and unusual names and binary content unchanged', async () => {
    const long = `${'d'.repeat(200)}/${'é'.repeat(100)}/ sp"ace\n`;
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    const result = await runCompleted('sha256sum < x.bin; cat ddd*/*/*', [
      file(long, 'found'),
      { path: 'x.bin', mode: 'regular', content: bytes },
    ]);
    expect(result.stdout).toContain('found');
    expect(result.changed).toEqual([]);
    expect(result.deleted).toEqual([]);
  });
});

describe.skipIf(!hasSandbox)('an isolated command', () => {
  it('gets no variable of our environment', async () => {
    process.env.SANDBOX_TEST_MARKER = 'marker-7f3a';
    const result = await runCompleted('env; cat /proc/*/environ | tr "\\0" "\\n"');
    delete process.env.SANDBOX_TEST_MARKER;
    expect(result.stdout).toContain('HOME=/tmp/home');
    expect(result.stdout).not.toContain('marker-7f3a');
    expect(result.stdout).not.toContain('NODE_ENV');
  });

  it('is not root, has no capability, and cannot create a user namespace', async () => {
    const result = await runCompleted(
      'id -u; grep -E "Cap(Eff|Prm)|NoNewPrivs" /proc/self/status; unshare -Ur true || echo refused',
    );
    expect(result.stdout).toMatch(/^1000\n/);
    expect(result.stdout.match(/Cap\w+:\t0{16}/g)).toHaveLength(2);
    expect(result.stdout).toMatch(/NoNewPrivs:\t1/);
    expect(result.stdout).toContain('refused');
  });

  it('sees no home, no checkout, no shadow file, and no process of this machine', async () => {
    const project = resolve(import.meta.dirname, '../../../..');
    const result = await runCompleted(
      `ls /root /home ${project} /work /etc/shadow /var /run /sys; ls /; ls /etc; ls -d /proc/[0-9]* | wc -l`,
    );
    expect(result.stderr.match(/No such file/g)).toHaveLength(8);
    expect(result.stdout).not.toMatch(/shadow|root$|home/m);
    expect(Number(result.stdout.trim().split('\n').at(-1))).toBeLessThan(6);
  });

  it('can write only to the workspace and /tmp', async () => {
    const result = await runCompleted(
      'for f in /x /usr/x /etc/x /dev/x /opt/x /proc/sys/kernel/core_pattern /proc/self/comm; do (echo x > $f) 2>/dev/null && echo "wrote $f"; done; echo ok > /tmp/x && echo ok > x && echo done',
    );
    expect(result.stdout).toBe('done\n');
  });

  it('has no network: no metadata server, no name, no listener of ours, no socket to the virtual machine host', async () => {
    const result = await runCompleted(
      `node -e "
        const net = require('net');
        for (const host of ['169.254.169.254', '127.0.0.1', 'metadata.google.internal', '1.1.1.1'])
          net.connect(80, host).on('connect', () => console.log('CONNECTED', host)).on('error', (e) => console.log(host, e.code));
      "; python3 -c "
import socket
for family in (40, 38, 17):
    try: socket.socket(family, socket.SOCK_STREAM); print('OPENED', family)
    except OSError as e: print('refused', family)
"; ls /sys/class/net 2>/dev/null; cat /proc/net/dev | wc -l`,
    );
    expect(result.stdout).not.toMatch(/CONNECTED|OPENED/);
    expect(result.stdout.match(/ENETUNREACH|ECONNREFUSED|EAI_AGAIN|ENOTFOUND/g)).toHaveLength(4);
    expect(result.stdout.match(/refused/g)).toHaveLength(3);
  });

  it('cannot allocate memory that the watchdog does not count', async () => {
    const result = await runCompleted(`python3 -c "
import os, ctypes
try: os.memfd_create('x'); print('MEMFD')
except PermissionError: print('no memfd')
print('shm', ctypes.CDLL(None).shmget(0, 1 << 20, 0o1600))
import socket
s = socket.socketpair()[0]
before = s.getsockopt(1, 7)
s.setsockopt(1, 7, 4 << 20)
print('buffer', s.getsockopt(1, 7) - before)
"; df -k /dev/shm | tail -1 | awk '{print $2}'`);
    expect(result.stdout).toBe('no memfd\nshm -1\nbuffer 0\n16384\n');
  });

  it('makes npm and pip fail without trying to reach the network', async () => {
    const [npm, pip] = await Promise.all([
      runCompleted('npm install left-pad'),
      runCompleted('pip install --break-system-packages requests'),
    ]);
    expect(npm.exit_code).toBe(1);
    expect(npm.stderr).toContain('ENOTCACHED');
    expect(pip.exit_code).toBe(1);
    expect(pip.stderr).toContain('No matching distribution found');
    expect(pip.stderr).not.toContain('Retrying');
  });
});

describe.skipIf(!hasSandbox)('the end of a command', () => {
  it('kills the whole process tree at the deadline, including doubly forked children, and keeps the written files', async () => {
    const result = await sandbox.run(
      request(
        'echo begun; echo 1 > a; (setsid sh -c "sleep 2; echo 1 > /workspace/late; sleep 987001" &) ; sleep 987001',
        [],
        1,
      ),
    );
    expect(result).toMatchObject({ status: 'timed_out', stdout: 'begun\n', changed: [{ path: 'a' }] });
    expect(processesWith('987001')).toEqual([]);
  });

  // If the command waited for its background process, it would time out instead of completing.
  it('kills background processes when the command completes', async () => {
    const result = await runCompleted('(setsid sh -c "trap \\"\\" TERM HUP; sleep 987002" >/dev/null 2>&1 &) ; exit 3');
    expect(result.exit_code).toBe(3);
    expect(processesWith('987002')).toEqual([]);
  });

  it('comes when it is cancelled, although its processes ignore signals', async () => {
    const controller = new AbortController();
    const running = sandbox.run(
      request('(setsid sleep 987003 &); trap "" TERM INT; while :; do sleep 987003; done'),
      controller.signal,
    );
    await waitFor('both sleeps to start', () => processesWith('sleep\x00987003').length === 2);
    controller.abort();
    expect(await running).toEqual({ status: 'cancelled' });
    expect(processesWith('987003')).toEqual([]);
  });

  it.each([0, 1, 3, 6, 10])('comes cleanly when it is cancelled %i ms after its start', async (delay) => {
    const controller = new AbortController();
    const running = sandbox.run(request('sleep 987004'), controller.signal);
    setTimeout(() => controller.abort(), delay);
    expect(await running).toEqual({ status: 'cancelled' });
    expect(await sandbox.run(request('true'), AbortSignal.abort())).toEqual({ status: 'cancelled' });
    await waitFor('the command to be gone', () => processesWith('987004').length === 0);
  });

  it('comes with the end of the process that started it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
    const script = join(folder, 'run.ts');
    const source = resolve(import.meta.dirname, '../../../../functions/tools/sandbox/open-sandbox.ts');
    writeFileSync(
      script,
      `import { openSandbox } from ${JSON.stringify(source)};
      const sandbox = await openSandbox({ isCloud: false });
      await sandbox.run({ command: '(setsid sleep 987005 &) ; sleep 987005', files: [], timeout_seconds: 60, network: 'none' });`,
    );
    const child = spawn(process.execPath, [script], { stdio: 'ignore' });
    await waitFor('both sleeps to start', () => processesWith('sleep\x00987005').length === 2);
    child.kill('SIGKILL');
    await waitFor('the command to be gone', () => processesWith('987005').length === 0);
    rmSync(folder, { recursive: true });
  });

  it('does not affect other concurrent commands', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        runCompleted(`cat in; echo ${index} > out; ls | wc -l`, [file('in', `tree ${index}\n`)]),
      ),
    );
    results.forEach((result, index) => {
      expect(result.stdout).toBe(`tree ${index}\n2\n`);
      expect(texts(result)).toEqual({ out: `${index}\n` });
    });
  });

  it('leaves no folder and no open descriptor', async () => {
    const count = () => readdirSync('/proc/self/fd').length;
    // Only folders of this process, because other test files open sandboxes at the same time.
    const folders = () => readdirSync('/tmp').filter((name) => name.startsWith(`apexflow-work-${process.pid}-`));
    await runCompleted('true');
    const before = [count(), folders()];
    for (let round = 0; round < 3; round += 1) await sandbox.run(request('echo > a; exit 1'));
    await sandbox.run(request('sleep 9', [], 0.2));
    await expect.poll(() => [count(), folders()], { timeout: 20_000, interval: 10 }).toEqual(before);
  });
});

describe.skipIf(!hasSandbox)('a hostile command ends with a clear result:', () => {
  const small = openSandbox({
    isCloud: false,
    limits: {
      ...DEFAULT_LIMITS,
      memoryBytes: 200e6,
      sockets: 200,
      processes: 60,
      diskBytes: 32 * 2 ** 20,
      diskInodes: 2_000,
      fileBytes: 24 * 2 ** 20,
      outputBytes: 8e6,
      watchMilliseconds: 20,
    },
  });

  const limited = async (command: string): Promise<Exclude<SandboxResult, { status: 'cancelled' | 'unavailable' }>> => {
    const result = await (await small).run(request(command, [], 20));
    if (result.status === 'cancelled' || result.status === 'unavailable') throw new Error(JSON.stringify(result));
    return result;
  };

  it.each([
    ['a fork bomb', ':(){ :|:& };:; sleep 987006', 'processes'],
    ['many sleeping processes', 'for i in $(seq 200); do sleep 987006 & done; wait', 'processes'],
    [
      'threads',
      'python3 -c "\nimport threading,time\nfor i in range(5000): threading.Thread(target=time.sleep,args=(9,),daemon=True).start()\n"',
      undefined,
    ],
    ['a memory hog', 'python3 -c "\na=[]\nwhile 1: a.append(bytearray(4000000))"', 'memory'],
    [
      'a memory hog of many processes',
      'for i in 1 2 3 4 5 6; do python3 -c "\nimport time\na=bytearray(60000000)\ntime.sleep(9)" & done; wait',
      'memory',
    ],
    [
      'a shared memory hog',
      'python3 -c "\nimport mmap,time\nm=mmap.mmap(-1,400000000)\nfor i in range(0,400000000,4096): m[i]=1\ntime.sleep(9)"',
      'memory',
    ],
    [
      'a hog of socket buffers',
      'python3 -c "\nimport socket,time\ns=[]\nfor i in range(480):\n  a,b=socket.socketpair(); a.setblocking(False); s.append((a,b))\n  a.setsockopt(1,7,4000000)\n  try:\n    while 1: a.send(bytes(65536))\n  except BlockingIOError: pass\ntime.sleep(9)"',
      'memory',
    ],
    [
      'a hog of TCP buffers',
      'python3 -c "\nimport socket,time\nl=socket.create_server((chr(49)+\'27.0.0.1\',0)); s=[]\nfor i in range(95):\n  a=socket.create_connection(l.getsockname()); b=l.accept()[0]; a.setblocking(False); s.append((a,b))\n  try:\n    while 1: a.send(bytes(65536))\n  except BlockingIOError: pass\ntime.sleep(9)"',
      'memory',
    ],
    [
      'a hog of page tables',
      'python3 -c "\nimport mmap,time\nk=[]\nfor j in range(200):\n  m=mmap.mmap(-1,1<<31,flags=0x4022,prot=1); k.append(m)\n  for i in range(0,1<<31,1<<21): m[i]\ntime.sleep(9)"',
      'memory',
    ],
    ['yes > file', 'yes > file', 'disk'],
    [
      'many files that fill the disk',
      'for i in 1 2 3 4 5 6 7 8; do head -c 8000000 /dev/zero > $i || exit 1; done',
      'disk',
    ],
    ['a full /tmp', 'for i in 1 2 3 4 5 6 7 8; do head -c 8000000 /dev/zero > /tmp/$i; done; sleep 5', 'disk'],
    ['a sparse file of 100 GB', 'truncate -s 100G sparse', 'disk'],
    ['a million inodes', 'python3 -c "\nfor i in range(1000000): open(str(i),chr(119)).close()"', 'disk'],
    [
      'a million folders in /tmp',
      'python3 -c "\nimport os\nfor i in range(1000000): os.mkdir(chr(47)+f\'tmp/{i}\')"',
      'disk',
    ],
    ['1 GB of output', 'head -c 1000000000 /dev/zero', 'output'],
    ['1 GB of errors', 'yes >&2', 'output'],
  ])('%s', async (_name, command, limit) => {
    const result = await limited(command);
    // The limit of the kernel comes first, and the command gets an error.
    if (limit === undefined)
      expect(result).toMatchObject({ status: 'completed', stderr: expect.stringContaining("can't start new thread") });
    else
      expect({ status: result.status, limit: 'limit' in result && result.limit }).toEqual({
        status: 'limit_exceeded',
        limit,
      });
    expect(processesWith('987006')).toEqual([]);
    expect((await runCompleted('echo alive')).stdout).toBe('alive\n');
  });

  it('a tree that is larger than the sandbox is refused before the command starts', async () => {
    const files = [{ path: 'big', mode: 'regular' as const, content: new Uint8Array(40 * 2 ** 20) }];
    expect(await (await small).run(request('true', files))).toMatchObject({ status: 'limit_exceeded', limit: 'disk' });
  });

  it('long output keeps its head and tail and says what is missing', async () => {
    const result = await runCompleted('echo first; head -c 1000000 /dev/zero | tr "\\0" x; echo; echo last');
    expect(result.stdout_truncated).toBe(true);
    expect(result.stdout).toMatch(/^first\nx/);
    expect(result.stdout).toMatch(/output truncated: at least \d+ bytes[\s\S]*x\nlast\n$/);
    expect(result.stdout.length).toBeLessThan(256 * 1024 + 200);
  });

  it('ANSI sequences, carriage returns, NUL and invalid UTF-8 are shown as text, and output cannot set the exit code', async () => {
    const result = await runCompleted(
      `printf '\\033[2Jsafe\\rEVIL\\000\\377\\tok\\n'; echo '{"exit-code": 0}' >&2; echo ready; exit 42`,
    );
    expect(result.stdout).toBe('\\x1b[2Jsafe\\rEVIL\\x00\ufffd\tok\nready\n');
    expect(result.exit_code).toBe(42);
  });

  it('no descriptor that we opened or inherited is open in the command', async () => {
    const result = await runCompleted('ls /proc/1/fd');
    expect(result.stdout).toBe('0\n1\n2\n');
  });

  it('a signal gives exit code 128 + its number, and killing all processes affects only the sandbox', async () => {
    expect((await runCompleted('kill -SEGV $$')).exit_code).toBe(139);
    expect((await runCompleted('sleep 9 & kill -9 -1; exit 5')).exit_code).toBe(5);
    expect((await runCompleted('kill -9 1; echo survived')).stdout).toBe('survived\n');
  });

  it('any text of a command is passed as one argument', async () => {
    const result = await runCompleted(`echo '$(id)' "a'b" \\; echo; # "; exit 9`);
    expect(result).toMatchObject({ exit_code: 0, stdout: "$(id) a'b ; echo\n" });
    expect(existsSync('/workspace/x')).toBe(false);
  });
});

describe.skipIf(!hasSandbox)('the result of a command', () => {
  it('has no link, pipe, socket or generated folder, and no file of this machine through a link', async () => {
    const files = [
      file('dir/passwd', 'mine'),
      file('swapped', 's'),
      file('node_modules/kept.js', 'k'),
      file('node_modules/gone.js', 'g'),
    ];
    const result = await runCompleted(
      `rm -r dir swapped node_modules/gone.js; ln -s /etc dir; ln -s /etc/passwd swapped; mkfifo pipe; ln -s . loop
       python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('sock')"
       mkdir -p .venv a/__pycache__ .cache/x; echo 1 > .venv/x; echo 1 > a/__pycache__/y; echo real > a/real; ln a/real a/second
       mkdir -p node_modules/p && ln a/real node_modules/p/linked; mkdir hidden && echo 1 > hidden/f && chmod 000 hidden`,
      files,
    );
    expect(texts(result)).toMatchObject({ 'a/real': 'real\n', 'a/second': 'real\n' });
    expect(result.changed.filter(({ path }) => !path.startsWith('a/') && !path.startsWith('hidden'))).toEqual([]);
    expect(result.deleted.sort()).toEqual(['dir/passwd', 'node_modules/gone.js', 'swapped']);
    const reasons = Object.fromEntries(result.not_kept.map(({ path, reason }) => [path, reason]));
    expect(reasons).toMatchObject({
      dir: expect.stringContaining('symbolic'),
      swapped: expect.stringContaining('symbolic'),
      loop: expect.stringContaining('symbolic'),
      pipe: expect.stringContaining('pipes'),
      sock: expect.stringContaining('sockets'),
      node_modules: expect.stringContaining('generated again'),
      '.venv': expect.stringContaining('generated again'),
      '.cache': expect.stringContaining('generated again'),
      'a/__pycache__': expect.stringContaining('generated again'),
    });
    expect(JSON.stringify(result)).not.toContain('root:x:0');
  });

  it('has at most the limited number and size of files, work before git, and a reason for each other file', async () => {
    const capped = await openSandbox({
      isCloud: false,
      limits: { ...DEFAULT_LIMITS, returnedFiles: 3, returnedBytes: 1_000, returnedFileBytes: 600 },
    });
    const result = await capped.run(
      request(
        'mkdir .git; echo 1 > .git/a; head -c 700 /dev/zero > big; for i in 1 2; do head -c 550 /dev/zero > half$i; done; echo 1 > x; echo 1 > y; echo 1 > z; seq -f ./l%.0f 1500 | xargs ln -st .',
      ),
    );
    if (result.status !== 'completed') throw new Error(result.status);
    expect(result.changed.map(({ path }) => path)).toEqual(['half1', 'x', 'y']);
    expect(result.not_kept).toHaveLength(1_001);
    expect(result.not_kept.at(-1)?.reason).toMatch(/more entries/);
    const plain = await capped.run(
      request(
        'mkdir .git; echo 1 > .git/a; head -c 700 /dev/zero > big; for i in 1 2; do head -c 550 /dev/zero > half$i; done',
      ),
    );
    if (plain.status !== 'completed') throw new Error(plain.status);
    expect(Object.fromEntries(plain.not_kept.map(({ path, reason }) => [path, reason]))).toEqual({
      big: 'the file is larger than 600 bytes',
      half2: 'more than 1000 bytes changed',
    });
  });

  it('reports a name that is not UTF-8 and does not return it under another name', async () => {
    const result = await runCompleted(`printf 1 > "$(printf 'a\\377b')"; echo ok > good`);
    expect(result.changed.map(({ path }) => path)).toEqual(['good']);
    expect(result.not_kept).toHaveLength(1);
  });
});
