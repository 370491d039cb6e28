import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { Upload, UploadServer } from '../../../web/api/upload.ts';
import { createAttachments } from '../../../web/parts/attach-files.ts';
import { droppedFiles, hasFiles, pastedFiles } from '../../../web/parts/file-sources.ts';

const file = (name: string, content = name) => new File([content], name, { type: 'text/plain' });
const ready = (id: string): Upload => ({
  id,
  filename: 'x',
  size: 1,
  purpose: 'message',
  created_at: '2026-11-30T00:00:00Z',
  status: 'ready',
  media_type: 'text/plain',
  sha256: '',
  image: null,
  text: null,
});

/** A server whose answers a test gives. Ids are `upl_` and the name of the file. */
function scripted(changes: Partial<UploadServer> = {}) {
  const calls: string[] = [];
  const request = { method: 'PUT' as const, url: '/put', headers: {}, expires_at: '' };
  const server: UploadServer = {
    start: async ({ name }, sha256) => {
      calls.push(`start ${name} ${sha256.slice(0, 8)}`);
      return { id: `upl_${name}`, request };
    },
    send: async (_request, { name }, onProgress) => {
      calls.push(`send ${name}`);
      onProgress(0.5);
    },
    finish: async (id) => {
      calls.push(`finish ${id}`);
      return ready(id);
    },
    remove: async (id) => void calls.push(`remove ${id}`),
    ...changes,
  };
  return { server, calls };
}

/** An error of the API as web/api/problem.ts makes it. */
const apiError = (message: string, isTemporary: boolean) => Object.assign(new Error(message), { isTemporary });
const kinds = ({ items }: ReturnType<typeof createAttachments>) => items.value.map(({ state }) => state.kind);

test('hashes, sends and finishes a file, and is busy until then', async () => {
  const { server, calls } = scripted();
  const attached = createAttachments(server, 10);
  const shares: number[] = [];
  server.send = async (_request, _file, onProgress) => {
    for (const share of [0, 0.25, 1]) {
      onProgress(share);
      const [item] = attached.items.value;
      if (item?.state.kind === 'sending') shares.push(item.state.share);
    }
  };
  attached.add([file('a.txt')]);
  expect(attached.isBusy.value).toBe(true);
  await vi.waitUntil(() => !attached.isBusy.value);
  const hash = createHash('sha256').update('a.txt').digest('hex');
  expect(calls).toEqual([`start a.txt ${hash.slice(0, 8)}`, 'finish upl_a.txt']);
  expect(shares).toEqual([0, 0.25, 1]);
  expect(attached.ready.value.map(({ id }) => id)).toEqual(['upl_a.txt']);
});

test('keeps the order of the files, whichever is ready first', async () => {
  const first = Promise.withResolvers<void>();
  const { server } = scripted();
  const { finish } = server;
  server.finish = async (id, signal) => {
    if (id === 'upl_one') await first.promise;
    return finish(id, signal);
  };
  const attached = createAttachments(server, 10);
  attached.add([file('one'), file('two')]);
  await vi.waitUntil(() => kinds(attached)[1] === 'ready');
  expect(kinds(attached)).toEqual(['checking', 'ready']);
  first.resolve();
  await vi.waitUntil(() => !attached.isBusy.value);
  expect(attached.ready.value.map(({ id }) => id)).toEqual(['upl_one', 'upl_two']);
});

test('says why a file was refused, and offers no second try', async () => {
  const { server } = scripted({
    start: async () => {
      throw apiError('a.zip is an archive by its name.', false);
    },
  });
  const attached = createAttachments(server, 10);
  attached.add([file('a.zip'), file('empty', '')]);
  await vi.waitUntil(() => !attached.isBusy.value);
  expect(attached.items.value.map(({ state }) => state)).toEqual([
    { kind: 'failed', why: 'a.zip is an archive by its name.', canRetry: false },
    { kind: 'failed', why: 'The file is empty.', canRetry: false },
  ]);
  expect(attached.ready.value).toEqual([]);
});

test('shows why the server could not read a file', async () => {
  const failed = { ...ready('upl_1'), status: 'failed', error: 'The PDF is encrypted.', expires_at: '' } as Upload;
  const attached = createAttachments(scripted({ finish: async () => failed }).server, 10);
  attached.add([file('a.pdf')]);
  await vi.waitUntil(() => !attached.isBusy.value);
  expect(attached.items.value[0]?.state).toEqual({ kind: 'failed', why: 'The PDF is encrypted.', canRetry: false });
});

test('a second try sends a file again that did not arrive, and only finishes one that did', async () => {
  let failures = 2;
  const fail = (message: string) => {
    failures -= 1;
    throw apiError(message, true);
  };
  const { server, calls } = scripted();
  const { send, finish } = server;
  server.send = async (...sent) => (failures === 2 ? fail('The file did not arrive.') : send(...sent));
  server.finish = async (...finished) => (failures === 1 ? fail('Busy.') : finish(...finished));
  const attached = createAttachments(server, 10);
  attached.add([file('a')]);
  for (const why of ['The file did not arrive.', 'Busy.']) {
    await vi.waitUntil(() => !attached.isBusy.value);
    expect(attached.items.value[0]?.state).toEqual({ kind: 'failed', why, canRetry: true });
    attached.retry(attached.items.value[0]?.key ?? -1);
  }
  await vi.waitUntil(() => !attached.isBusy.value);
  expect(kinds(attached)).toEqual(['ready']);
  expect(calls.map((call) => call.split(' ')[0])).toEqual(['start', 'remove', 'start', 'send', 'finish']);
});

test('removing a file stops it and deletes what the server has of it', async () => {
  const { server, calls } = scripted();
  const stopped = Promise.withResolvers<unknown>();
  const sending = Promise.withResolvers<void>();
  server.send = (_request, _file, _onProgress, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped.resolve(signal.reason);
        reject(signal.reason);
      });
      sending.resolve();
    });
  const attached = createAttachments(server, 10);
  attached.add([file('a')]);
  await sending.promise;
  attached.remove(attached.items.value[0]?.key ?? -1);
  expect(await stopped.promise).toBeInstanceOf(Error);
  expect(attached.items.value).toEqual([]);
  expect(calls.at(-1)).toBe('remove upl_a');
});

test('a file that is removed while it is announced is deleted when the answer comes', async () => {
  const { server, calls } = scripted();
  const answer = Promise.withResolvers<void>();
  const { start } = server;
  const asked = Promise.withResolvers<void>();
  server.start = async (...started) => {
    asked.resolve();
    await answer.promise;
    return start(...started);
  };
  const attached = createAttachments(server, 10);
  attached.add([file('a')]);
  await asked.promise;
  attached.remove(attached.items.value[0]?.key ?? -1);
  expect(calls).toEqual([]);
  answer.resolve();
  await vi.waitUntil(() => calls.includes('remove upl_a'));
  expect(calls).not.toContain('send a');
});

test('a message takes only so many files, and says so', async () => {
  const attached = createAttachments(scripted().server, 2);
  attached.add([file('a'), file('b'), file('c')]);
  expect(attached.items.value).toHaveLength(2);
  expect(attached.refusal.value).toBe('A message can have 2 files.');
  attached.remove(attached.items.value[0]?.key ?? -1);
  expect(attached.refusal.value).toBe('');
});

test('a sent message forgets its files and deletes none', async () => {
  const { server, calls } = scripted();
  const attached = createAttachments(server, 10);
  attached.add([file('a')]);
  await vi.waitUntil(() => !attached.isBusy.value);
  attached.clear();
  expect(attached.items.value).toEqual([]);
  expect(calls.filter((call) => call.startsWith('remove'))).toEqual([]);
});

/** A DataTransfer as a browser gives it. */
function transferOf(types: string[], ...entries: (File | 'folder')[]): DataTransfer {
  const items = entries.map((entry) => ({
    kind: 'file',
    webkitGetAsEntry: () => ({ isDirectory: entry === 'folder' }),
    getAsFile: () => (entry === 'folder' ? new File([], 'folder') : entry),
  }));
  return { types, items } as unknown as DataTransfer;
}

test('takes files of the clipboard but not the picture beside a copied text, and dropped files but no folder', () => {
  const picture = file('image.png');
  expect(pastedFiles(transferOf(['Files'], picture))).toEqual([picture]);
  expect(pastedFiles(transferOf(['text/plain', 'text/html', 'Files'], picture))).toEqual([]);
  expect(pastedFiles(null)).toEqual([]);
  expect(droppedFiles(transferOf(['Files'], 'folder', picture))).toEqual([picture]);
  expect(droppedFiles(null)).toEqual([]);
  expect([hasFiles(transferOf(['Files'])), hasFiles(transferOf(['text/uri-list'])), hasFiles(null)]).toEqual([
    true,
    false,
    false,
  ]);
});
