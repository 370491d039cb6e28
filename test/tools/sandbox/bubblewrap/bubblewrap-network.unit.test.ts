import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_EGRESS_LIMITS } from '../../../../functions/tools/network/egress.ts';
import { openSandbox } from '../../../../functions/tools/sandbox/open-sandbox.ts';
import type { Sandbox, TreeFile } from '../../../../functions/tools/sandbox/sandbox.ts';
import { hasSandbox } from '../../../support/bubblewrap.ts';
import { LOOPBACK, openWeb, type Web } from '../../network/web-servers.ts';

/** Runs real commands in real namespaces. Names resolve to servers of this test. */
let web: Web;
let sandbox: Sandbox;
beforeAll(async () => {
  web = await openWeb((request, response) => response.end(`hello ${request.headers.host}${request.url}\n`));
  sandbox = await openSandbox({
    isCloud: false,
    egress: { limits: DEFAULT_EGRESS_LIMITS, addresses: LOOPBACK, dial: web.dial },
  });
});
afterAll(() => web.close());

async function run(command: string, files: TreeFile[] = [], allowed_hosts = ['files.example.org']) {
  const result = await sandbox.run({ command, files, timeout_seconds: 60, network: { allowed_hosts } });
  if (result.status !== 'completed') throw new Error(JSON.stringify(result).slice(0, 2_000));
  return result;
}

const certificate = (): TreeFile => ({
  path: 'certificate.pem',
  mode: 'regular',
  content: new TextEncoder().encode(web.certificate),
});

describe.skipIf(!hasSandbox)('a command whose policy opens a host', () => {
  it('reaches the host with curl, Node and Python over verified TLS, without naming a proxy', async () => {
    const result = await run(
      `curl -s --cacert certificate.pem https://files.example.org/curl; curl -s http://files.example.org/plain
       NODE_EXTRA_CA_CERTS=certificate.pem node -e "fetch('https://files.example.org/node').then((r) => r.text()).then(console.log)"
       SSL_CERT_FILE=certificate.pem python3 -c "import urllib.request as u; print(u.urlopen('https://files.example.org/python').read().decode())"`,
      [certificate()],
    );
    expect(result.stdout.match(/hello files\.example\.org\/(curl|plain|node|python)/g), result.stderr).toHaveLength(4);
    expect(result.network).toMatchObject({ connections: 4, refused: [] });
    expect(result.changed).toEqual([]);
  });

  it('reaches no other host, metadata server, name or listener of this machine, with or without the proxy', async () => {
    const listener = createServer((socket) => socket.end('INSIDE')).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const result = await run(
      `for url in http://hidden.example.org https://hidden.example.org http://169.254.169.254/computeMetadata/v1/ http://metadata.google.internal http://[fd00:ec2::254]/ http://[::ffff:169.254.169.254]/ http://127.0.0.1:${port} http://localhost:${port} http://files.example.org:${port}; do
         curl -sk --noproxy "" -m 5 "$url" ; curl -sk --noproxy "*" -m 5 "$url"
       done
       node -e "
         const net = require('net');
         for (const [port, host] of [[${port}, '127.0.0.1'], [80, '169.254.169.254'], [443, '1.1.1.1'], [80, 'files.example.org']])
           net.connect(port, host).on('connect', () => console.log('CONNECTED', host)).on('error', (e) => console.log(host, e.code));
         const socket = require('dgram').createSocket('udp4');
         socket.send('x', 53, '8.8.8.8', (e) => { console.log('udp', e?.code ?? 'SENT'); socket.close(); });
       "
       getent hosts files.example.org || echo no-dns; grep -vc lo: /proc/net/dev; cat /proc/net/unix | grep -c / `,
    );
    listener.close();
    expect(result.stdout).not.toMatch(/CONNECTED|SENT|INSIDE|hello/);
    expect(result.stdout).toContain('udp ENETUNREACH');
    expect(result.stdout).toContain('no-dns');
    expect(result.network?.connections).toBe(0);
    const refused = new Set(result.network?.refused.map(({ host }) => host));
    for (const host of ['hidden.example.org', '169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]'])
      expect([...refused].join(' ')).toContain(host);
  });

  it('cannot ask the proxy for another server inside the TLS', async () => {
    const result = await run(
      'curl -sk --connect-to hidden.example.org:443:files.example.org:443 https://hidden.example.org/; echo "exit $?"',
    );
    expect(result.stdout).toMatch(/^exit [1-9]/);
    expect(result.network?.refused).toEqual([
      { host: 'files.example.org', reason: 'the TLS in its tunnel asks for hidden.example.org', count: 1 },
    ]);
  });

  it('can kill the forwarder, which closes only its own network', async () => {
    // A killed process listens until the kernel has removed it. 0A is the state of a listener, 0C38 the port of the
    // proxy.
    const gone = "while grep -q ':0C38 .* 0A ' /proc/net/tcp; do :; done";
    const result = await run(
      `grep -c ':0C38 .* 0A ' /proc/net/tcp; kill -9 -1; echo still here; ${gone}; curl -s http://files.example.org/; echo "exit $?"`,
    );
    expect(result.stdout).toBe('1\nstill here\nexit 7\n');
  });

  it('has the same rights, files and descriptors as without a network', async () => {
    const result = await run(
      'ls /proc/1/fd; ls /run /etc /etc/ssl; touch /run/x /etc/ssl/certs/x; id -u; env | grep -ci offline; ls -d /etc/ssl/private',
    );
    expect(result.stdout).toMatch(/^0\n1\n2\n[\s\S]*egress\.sock[\s\S]*1000\n0\n$/);
    expect(result.stderr.match(/Read-only file system/g)).toHaveLength(2);
    expect(result.stdout).not.toContain('private');
  });

  it('leaves no proxy, folder or process behind after any kind of end', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`apexflow-work-${process.pid}-`));
    const request = {
      command: 'curl -s http://files.example.org/ & sleep 60',
      files: [],
      timeout_seconds: 60,
      network: { allowed_hosts: ['files.example.org'] },
    };
    const [timedOut, cancelled] = await Promise.all([
      sandbox.run({ ...request, timeout_seconds: 1 }),
      sandbox.run(request, AbortSignal.timeout(100)),
    ]);
    expect(timedOut.status).toBe('timed_out');
    expect(cancelled).toEqual({ status: 'cancelled' });
    expect(folders()).toEqual([]);
  });

  it('is independent of the network of another command', async () => {
    const [one, other] = await Promise.all([
      run('curl -s http://files.example.org/one; curl -s http://other.example.org/', [], ['files.example.org']),
      run('curl -s http://other.example.org/two; curl -s http://files.example.org/', [], ['other.example.org']),
    ]);
    expect(one.stdout).toMatch(/^hello files\.example\.org\/one\nother\.example\.org is not reached/);
    expect(other.stdout).toMatch(/^hello other\.example\.org\/two\nfiles\.example\.org is not reached/);
  });
});

it.skipIf(!hasSandbox)('a closed network has no proxy in the environment and no report in the result', async () => {
  const result = await sandbox.run({
    command: 'env | grep -i proxy; ls /run; curl -s -m 2 http://files.example.org; echo "exit $?"',
    files: [],
    timeout_seconds: 20,
    network: 'none',
  });
  expect(result).toMatchObject({ status: 'completed', stdout: 'exit 6\n' });
  expect(result).not.toHaveProperty('network');
});
