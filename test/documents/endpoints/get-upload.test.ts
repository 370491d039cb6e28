import { expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson } from '../../entities/people.ts';
import { startUploadServer } from '../uploads.ts';

test('200 to its owner, also a viewer; 404 to other users; 422 for another id', async () => {
  const server = await startUploadServer();
  try {
    const database = await openDatabase();
    const owner = await createPerson(database);
    const { body } = await server.upload(owner, 'a.txt', Buffer.from('a'));
    const get = (token: string, id: string) => server.call('GET', `/api/v1/uploads/${id}`, { token });
    expect(await get(owner.token, body.id)).toMatchObject({ status: 200, body });
    for (const other of [await createPerson(database, 'admin', owner.tenantId), await createPerson(database)])
      expect((await get(other.token, body.id)).status).toBe(404);
    expect((await get(owner.token, createId('upl'))).status).toBe(404);
    expect((await get(owner.token, createId('run'))).status).toBe(422);
  } finally {
    await server.close();
  }
});
