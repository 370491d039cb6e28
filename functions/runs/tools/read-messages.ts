import { z } from 'zod';
import { answer, tool } from '../../tools/tool.ts';
import { findOthersAtWork, listUndeliveredMessages, type MessageRow, updateMessagesDelivered } from '../sql/message.ts';

/** Longest that a worker waits for a message before it is told that none came. */
const LONGEST_WAIT_SECONDS = 600;

/**
 * Gives a worker its new messages, once each. With `wait_seconds` it waits for one without holding anything: its node sleeps until a message
 * rings it. It does not wait for those who cannot write any more.
 */
export const readMessages = (node: { worker: string }) =>
  tool({
    name: 'read_messages',
    description:
      'Reads your new messages. With wait_seconds it waits that long for one when there is none, for instance for an API description by the backend.',
    parameters: z.strictObject({ wait_seconds: z.int().min(0).max(LONGEST_WAIT_SECONDS).optional() }),
    safeToRepeat: true,
    execute: async ({ wait_seconds: waitSeconds = 0 }, context) => {
      const messages = await listUndeliveredMessages(context.database, context.runId, node.worker);
      if (messages.length > 0) {
        return answer(messages.map(toText).join('\n\n'), {
          statements: [updateMessagesDelivered(messages.map((message) => message.id))],
          facts: { messages: messages.length },
        });
      }
      const since = context.waitingSince === undefined ? Date.now() : Date.parse(context.waitingSince);
      const wakeAt = new Date(since + waitSeconds * 1000);
      if (wakeAt.getTime() <= Date.now()) return answer('No new messages.');
      const nodeId = context.callKey.split(':')[0] ?? '';
      if (!(await findOthersAtWork(context.database, context.runId, nodeId))) {
        return answer('No new messages, and nobody else is at work who could send one. Go on without waiting.');
      }
      return { status: 'waiting', wakeAt, forMessage: true };
    },
  });

function toText(message: MessageRow): string {
  return `From ${message.from_worker} at ${message.created_at}:\n${message.content}`;
}
