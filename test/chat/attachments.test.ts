import { afterAll, beforeAll, expect, it } from 'vitest';
import { png } from '../documents/files.ts';
import { type ChatBench, openChat } from './bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Seen.' }] });
});
afterAll(() => bench.close());

/** Uploads an image of 5 MiB, the largest that is accepted. Returns its id. */
async function uploadImage(name: string): Promise<string> {
  const bytes = Buffer.concat([png(), Buffer.alloc(5 * 1024 * 1024 - png().length)]);
  const { body } = await bench.post('/uploads', { filename: name, size: bytes.length });
  const sent = await fetch(`${bench.server.url}/api/v1/uploads/${body.id}/content`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${bench.person.token}` },
    body: bytes,
  });
  expect([sent.status, (await bench.post(`/uploads/${body.id}/finish`)).status]).toEqual([204, 200]);
  return body.id;
}

/** The images in the last request to the model. */
const imagesSent = () =>
  JSON.stringify(bench.team.of('assistant').at(-1)?.request.body).split('"inlineData"').length - 1;

it('sends the newest images that fit into one request, and names that older ones are not shown', async () => {
  const [one, two, three] = [await uploadImage('1.png'), await uploadImage('2.png'), await uploadImage('3.png')];
  const { body } = await bench.say('First', { attachments: [one] });
  const ids = { conversation_id: body.conversation_id };
  await bench.say('Second', { ...ids, attachments: [two] });
  expect(imagesSent()).toBe(2);
  const third = await bench.say('Third', { ...ids, attachments: [three] });
  expect([third.body.message.status, imagesSent()]).toEqual(['complete', 2]);
  const told = bench.team.of('assistant').at(-1)?.request.messages ?? [];
  expect(told[0]).toMatchObject({ text: expect.stringMatching(/^\(1 attached images are not shown.*\)\n\nFirst$/) });
  const all = await bench.say('All', { attachments: [one, two, three] });
  expect([all.status, all.body.errors[0].path]).toEqual([422, 'body.attachments']);
});
