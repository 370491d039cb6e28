import { cutText } from '../../platform/cut-text.ts';
import { isFields } from '../reading/recognise.ts';
import { readContent } from './blocks.ts';
import { changeTime, pastTime, textOf, titleFrom, without } from './fields.ts';
import type { ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';
import { agentOf, FOR_EVERYBODY, say, threadFor } from './said.ts';

/** Who says what names no speaker. It must not become the user. */
const UNKNOWN = 'Unknown speaker';

/**
 * Reads a group chat of ApexAurum, in which agents speak to each other in rounds. It becomes a thread of the village:
 * each speaker is an agent of the user, and the human is the agent with the user's own name.
 */
export const parseGroupChat: ParseItem = (value, key) => {
  const history: readonly unknown[] = Array.isArray(value.history) ? value.history : [];
  const names = new Map(
    (Array.isArray(value.agents) ? value.agents : []).flatMap((agent): [string, string][] => {
      const name = isFields(agent) ? agentOf(agent.display_name ?? agent.name ?? agent.id) : undefined;
      return name === undefined || !isFields(agent) ? [] : [[textOf(agent.id) ?? name, name]];
    }),
  );
  const unread: Record<string, unknown> = {};
  const said = history.flatMap((entry, at) => {
    const fields = isFields(entry) ? entry : {};
    const plain = textOf(fields.content);
    const content = plain ?? textOf(readContent(fields.content, 0).text);
    if (plain === undefined) unread[at] = entry;
    if (content === undefined) return [];
    const isHuman = fields.role === 'user' && textOf(fields.agent_id) === undefined;
    const known = names.get(textOf(fields.agent_id) ?? '') ?? agentOf(fields.agent_name ?? fields.speaker);
    return [{ at, content, agent: isHuman ? undefined : (known ?? UNKNOWN), round: fields.round ?? null }];
  });
  const silent = history.length - said.length;
  const nameless = said.filter(({ agent }) => agent === UNKNOWN).length;
  if (said.length === 0) throw new UnreadableItem('No entry of `history` has text in `content`.');
  const sourceId = textOf(value.id) ?? key;
  const title = titleFrom(value.topic) || 'Group chat';
  const { time } = pastTime(value.created_at);
  const startedAt = Date.parse(time ?? new Date().toISOString());
  return {
    sourceId,
    title,
    updatedAt: changeTime(value.updated_at),
    notes: [
      FOR_EVERYBODY,
      ...(silent === 0 ? [] : [`${silent} of its entries say nothing.`]),
      ...(nameless === 0 ? [] : [`${nameless} of its entries name no speaker; they are said by “${UNKNOWN}”.`]),
    ],
    rest: {
      ...without(value, 'id', 'topic', 'created_at', 'history'),
      rounds: said.map(({ at, round }) => [at, round]),
      ...(Object.keys(unread).length === 0 ? {} : { unread }),
    },
    prepare: async (scope, _earlier, mappedId) => async (transaction) => {
      const thread = await threadFor(transaction, { realm: 'village', sourceId: mappedId, title: cutText(title, 200) });
      let deleted = 0;
      for (const { at, content, agent } of said) {
        const { outcome } = await say(transaction, scope, {
          kind: 'group_chat',
          sourceId: `${mappedId}/${at}`,
          statement: {
            ...{ content, agent, thread, realm: 'village', category: 'dialogue', otherSide: undefined },
            ...{ respondingTo: [], relatedAgents: [], tags: [] },
            // The source has no time of a message; their order is kept.
            createdAt: time === undefined ? undefined : new Date(startedAt + at).toISOString(),
          },
        });
        if (outcome === 'deleted') deleted += 1;
      }
      const note = deleted === 0 ? undefined : `${deleted} statements that you have deleted here stay deleted.`;
      return { targetId: thread.id, note };
    },
  };
};
