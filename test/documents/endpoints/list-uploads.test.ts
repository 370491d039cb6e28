import { expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson } from '../../entities/people.ts';
import { startUploadServer } from '../uploads.ts';

test('200: the caller’s uploads of every status, newest first, by page; deleted ones are gone', async () => {
  const server = await startUploadServer();
  try {
    const owner = await createPerson(await openDatabase());
    const list = async (query = '') =>
      (await server.call('GET', `/api/v1/uploads${query}`, { token: owner.token })).body;
    expect(await list()).toEqual({ items: [], next_cursor: null });
    const ids: string[] = [];
    for (const name of ['one.txt', 'two.txt', 'gone.txt'])
      ids.push((await server.upload(owner, name, Buffer.from(name))).body.id);
    ids.push((await server.start(owner, { filename: 'pending.txt', size: 1 })).body.id);
    await server.call('DELETE', `/api/v1/uploads/${ids[2]}`, { token: owner.token });
    const first = await list('?limit=2');
    expect(first.items).toMatchObject([
      { filename: 'pending.txt', status: 'pending' },
      { filename: 'two.txt', status: 'ready' },
    ]);
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ items: [{ filename: 'one.txt' }], next_cursor: null });
    const other = await createPerson(await openDatabase(), 'admin', owner.tenantId);
    expect((await server.call('GET', '/api/v1/uploads', { token: other.token })).body.items).toEqual([]);
  } finally {
    await server.close();
  }
});
