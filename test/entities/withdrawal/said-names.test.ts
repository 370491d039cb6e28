import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson } from '../people.ts';
import { openStory, type Story } from './story.ts';

let story: Story;
beforeAll(async () => {
  await openDatabase();
  story = await openStory({ usesModel: false });
}, 60_000);
afterAll(() => story.close());

const PEOPLE = [
  ['ja', '高橋恵子', ['私は札幌に住んでいます。', '私は猫を二匹飼っています。']],
  ['ar', 'أمل حداد', ['أنا أسكن في طرابلس مع أمي.', 'أنا أعمل في مستشفى كبير.']],
  ['fr', 'Zoë Lévêque', ["J'habite à Orléans depuis dix ans.", "J'ai deux chats et un poisson rouge."]],
] as const;

test.each(['revert', 'erase'] as const)(
  '%s of the session that created the file of a person: the later session of the same person names it',
  async (what) => {
    const who = await createPerson(await openDatabase(), 'member');
    for (const [id, speaker, texts] of PEOPLE)
      for (const [at, text] of texts.entries())
        expect(
          await story.call(who, 'POST', '/memory/process-and-commit?wait=20', {
            session_id: `${id}-${at}`,
            turns: [{ speaker, text, said_at: `2026-10-0${at + 1}T09:00:00Z` }],
          }),
        ).toMatchObject({ status: 200, body: { status: 'committed' } });
    const before = (await story.call(who, 'GET', '/memory/entities')).body.items.map(
      ({ path }: { path: string }) => path,
    );
    for (const [id] of PEOPLE)
      expect((await story.call(who, 'POST', `/memory/${what}`, { source_id: `${id}-0` })).status).toBe(200);
    const { items } = (await story.call(who, 'GET', '/memory/entities')).body;
    expect(items.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      PEOPLE.map(([, name]) => name).toSorted(),
    );
    expect(items.map(({ path }: { path: string }) => path)).toEqual(before);
    for (const { path, name } of items) {
      const { text } = (await story.call(who, 'GET', `/memory/entities/${path}`)).body;
      expect(text).toContain(`# ${name}\n`);
      const [, , texts] = PEOPLE.find(([, own]) => own === name) ?? [];
      expect([text.includes(texts?.[0]), text.includes(texts?.[1])]).toEqual([false, true]);
    }
  },
);
