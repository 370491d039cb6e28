import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { writeEmpty, writeJsonText, writeStream } from './answer.ts';
import { type Hold, OPEN_STREAMS, REPLY_BYTES } from './budget.ts';
import type { MediaType, Replies, ReplyOf } from './endpoint-contract.ts';
import { showUserId } from './user-id.ts';

/** Smaller replies fit into the buffers of the connection. */
const LARGE_REPLY = 64 * 1024;

/**
 * Writes a handler's reply. Streams and large replies count for the caller until they are received, so that readers who
 * are slow cannot fill the memory. A large reply to another method than GET is not refused: its work is done.
 * @throws Error when the reply does not match its declaration
 * @throws Problem 429, 503 above the limit of the caller or the process
 */
export async function writeReply<R extends Replies>(
  response: ServerResponse,
  { reply: replies, alternative }: { reply: R; alternative?: MediaType },
  reply: ReplyOf<R>,
  { requestId, name, hold }: { requestId: string; name: string | undefined; hold: Hold },
): Promise<void> {
  const headers = { 'x-request-id': requestId, ...reply.headers };
  const contract = replies[reply.status];
  if (contract === undefined) throw new Error(`The reply ${reply.status} is not declared`);
  if ('stream' in reply) {
    const mediaType = typeof contract === 'string' ? contract : alternative;
    if (mediaType === undefined) throw new Error(`The reply ${reply.status} is declared as JSON`);
    try {
      hold(OPEN_STREAMS, 1);
    } catch (error) {
      if (reply.stream instanceof Readable) reply.stream.destroy();
      throw error;
    }
    return writeStream(response, reply.status, reply.stream, { 'content-type': mediaType, ...headers });
  }
  if (contract === null || typeof contract === 'string' || !('body' in reply))
    return writeEmpty(response, reply.status, headers);
  const parsed = contract.safeParse(reply.body);
  if (!parsed.success) throw new Error(`The reply ${reply.status} does not match its schema`, { cause: parsed.error });
  const body = JSON.stringify(name === undefined ? parsed.data : showUserId(parsed.data, name));
  if (body.length > LARGE_REPLY && response.req.method === 'GET') hold(REPLY_BYTES, body.length);
  writeJsonText(response, reply.status, body, headers);
}
