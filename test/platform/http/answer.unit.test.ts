import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { writeStream } from '../../../functions/platform/http/answer.ts';

const CHUNK = Buffer.alloc(64 * 1024);

it('pauses the source for a reader who reads nothing, and closes the connection', async () => {
  let written = 0;
  const source = async function* () {
    for (; written < 1_000; written += 1) yield CHUNK;
  };
  const ended = Promise.withResolvers<unknown>();
  const server = createServer((_request, response) => {
    writeStream(response, 200, source(), {}, 500).then(() => ended.resolve('all was written'), ended.resolve);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is never a string.
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await ended.promise).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  // The buffers of a loopback connection hold a few megabytes.
  expect(written * CHUNK.length).toBeLessThan(32 * 1024 * 1024);
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});
