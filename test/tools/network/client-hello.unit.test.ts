import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { readClientHello } from '../../../functions/tools/network/client-hello.ts';

/** Returns the first bytes that Node's TLS sends. */
async function helloOf(servername: string, options: object = {}): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername, ...options });
  client.on('error', () => undefined);
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

/** Adds an extension to the end of a message. */
function withExtension(hello: Buffer, type: number, body: Buffer): Buffer {
  const extension = Buffer.alloc(4);
  extension.writeUInt16BE(type, 0);
  extension.writeUInt16BE(body.length, 2);
  const grown = Buffer.concat([hello, extension, body]);
  const by = 4 + body.length;
  let at = 5 + 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  grown.writeUInt16BE(hello.readUInt16BE(at) + by, at);
  grown.writeUInt16BE(hello.readUInt16BE(3) + by, 3);
  grown.writeUIntBE(hello.readUIntBE(6, 3) + by, 6, 3);
  return grown;
}

/** Splits a message into records of a given size. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

const hello = await helloOf('Files.Example.org');
const read = { status: 'read', serverName: 'files.example.org', isEncrypted: false };
const serverName = (...names: string[]) => {
  const list = Buffer.concat(names.map((name) => Buffer.from([0, 0, name.length, ...Buffer.from(name)])));
  return Buffer.concat([Buffer.from([list.length >> 8, list.length & 255]), list]);
};

it('reads the name that a client asks for', async () => {
  expect(readClientHello(hello)).toEqual(read);
  expect(readClientHello(await helloOf('files.example.org', { maxVersion: 'TLSv1.2' }))).toEqual(read);
  expect(readClientHello(Buffer.concat([hello, Buffer.from('more')]))).toEqual(read);
});

it('reports an incomplete message wherever it is cut', () => {
  for (let end = 0; end < hello.length; end += 1)
    expect(readClientHello(hello.subarray(0, end))).toEqual({ status: 'incomplete' });
});

it('reads a message that is split into many records', () => {
  for (const size of [1, 2, 3, 100]) expect(readClientHello(inRecords(hello, size))).toEqual(read);
});

it('reports that the client asks for no name', async () => {
  expect(readClientHello(await helloOf(''))).toEqual({ ...read, serverName: undefined });
});

it('reports that the real name is encrypted', () => {
  expect(readClientHello(withExtension(hello, 0xfe0d, Buffer.alloc(40)))).toEqual({ ...read, isEncrypted: true });
  expect(readClientHello(withExtension(hello, 0xffce, Buffer.alloc(40)))).toEqual({ ...read, isEncrypted: true });
});

it.each([
  ['a second name', () => withExtension(hello, 0, serverName('other.example.org'))],
  [
    'two names in one list',
    async () => withExtension(await helloOf(''), 0, serverName('a.example.org', 'b.example.org')),
  ],
  ['an empty list of names', async () => withExtension(await helloOf(''), 0, Buffer.from([0, 0]))],
  ['plain HTTP', () => Buffer.from('GET / HTTP/1.1\r\n')],
  ['ssh', () => Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')],
  ['another handshake message', () => Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
  ['an empty record', () => Buffer.from([22, 3, 1, 0, 0, 22])],
  ['a message with a declared length of 16 MB', () => Buffer.from([22, 3, 1, 0, 5, 1, 255, 255, 255, 3])],
  ['lengths beyond its end', () => Buffer.concat([Buffer.from([22, 3, 1, 0, 40, 1, 0, 0, 36]), Buffer.alloc(36, 255)])],
])('reports %s as malformed', async (_what, bytes) => {
  expect(readClientHello(await bytes())).toEqual({ status: 'malformed' });
});

it('never throws when any byte is changed', () => {
  for (let at = 0; at < hello.length; at += 1) {
    for (const value of [0, 1, 127, 255]) {
      const changed = Buffer.from(hello);
      changed[at] = value;
      expect(['read', 'incomplete', 'malformed']).toContain(readClientHello(changed).status);
    }
  }
});
