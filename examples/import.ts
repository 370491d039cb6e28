import { openAsBlob } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { resultOf, SERVER, signUp } from './client.ts';

/**
 * Imports an export of ApexAurum or ApexFlow: first a check that writes nothing, then the import, then the report.
 * `npm run import` does the same from the command line.
 *
 *     npx node examples/import.ts conversations.json
 */

const path = process.argv[2] ?? (await writeExample());
const { client, token } = await signUp('Somebody who moves');

const file = await openAsBlob(path);
const { id, upload } = resultOf(
  await client.POST('/api/v1/uploads', {
    body: { filename: basename(path), size: file.size, purpose: 'import' },
  }),
);
const isHere = upload.url.startsWith('/');
const headers = { ...upload.headers, ...(isHere ? { authorization: `Bearer ${token}` } : {}) };
const sent = await fetch(new URL(upload.url, SERVER), { method: upload.method, headers, body: file });
if (!sent.ok) throw new Error(`The bytes were refused with ${sent.status}: ${await sent.text()}`);
resultOf(await client.POST('/api/v1/uploads/{id}/finish', { params: { path: { id } } }));

for (const dryRun of [true, false]) {
  const started = resultOf(await client.POST('/api/v1/imports', { body: { uploads: [id], dry_run: dryRun } }));
  const params = { path: { id: started.id } };
  let found = started;
  while (found.status === 'pending' || found.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 200));
    found = resultOf(await client.GET('/api/v1/imports/{id}', { params }));
  }
  const counts = found.counts.map(({ kind, outcome, items }) => `${items} ${kind} ${outcome}`);
  console.log(`${dryRun ? 'check' : 'import'} ${found.status}: ${counts.join(', ')}`);
  if (dryRun) continue;
  const { items } = resultOf(await client.GET('/api/v1/imports/{id}/items', { params }));
  for (const { title, outcome, target_id: target, reason } of items)
    console.log(`${title}: ${outcome} ${target ?? ''} ${reason ?? ''}`.trim());
}

/** Writes a small export and returns its path. */
async function writeExample(): Promise<string> {
  const example = join(await mkdtemp(join(tmpdir(), 'apexflow-')), 'conversations.json');
  const messages = [
    { role: 'user', content: 'How high is the gate?' },
    { role: 'assistant', content: 'Three metres.' },
  ];
  const metadata = { tags: ['gates'], favorite: true, archived: false };
  await writeFile(example, JSON.stringify([{ id: 'conv_1', created_at: '2025-11-02T10:00:00', messages, metadata }]));
  return example;
}
