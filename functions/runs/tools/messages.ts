import { z } from 'zod';
import { answer, failure, tool } from '../../tools/tool.ts';
import {
  findOthersAtWork,
  insertMessage,
  listUndeliveredMessages,
  type MessageRow,
  reviveSkippedWorker,
  sleepUntilMessage,
  updateMessagesDelivered,
  wakeWaitingWorker,
} from '../sql/message.ts';

/**
 * Sends a message to another member of the team. A worker that waits for messages continues at once; a worker that was
 * skipped because it had no message is started.
 */
export const sendMessage = (node: { name: string; worker: string; team: readonly string[] }) => {
  const recipients = ['chef', ...node.team].filter((worker) => worker !== node.worker);
  return tool({
    name: 'send_message',
    description: `Sends a message to a member of the team: ${recipients.join(', ')}. A worker that gets a message from the chef during planning will be started with it.`,
    parameters: z.strictObject({ to: z.string().min(1).max(50), content: z.string().min(1).max(20_000) }),
    safeToRepeat: true,
    execute: async ({ to, content }, context) => {
      if (!recipients.includes(to))
        return failure(`Nobody in the team is called ${to}. You can write to: ${recipients.join(', ')}.`);
      const statements = [
        insertMessage({ runId: context.runId, from: context.worker, to, content, sentBy: context.callKey }),
        wakeWaitingWorker(context.runId, to),
      ];
      // While the chef plans, the workers are not started here: settling the run starts them once the plan is complete.
      if (node.name !== 'plan' && to !== 'chef') statements.push(...reviveSkippedWorker(context.runId, to));
      return answer(`Sent to ${to}.`, { statements, facts: { to } });
    },
  });
};

/** The longest time that a worker can wait for a message. */
const LONGEST_WAIT_SECONDS = 600;

/**
 * Returns the worker's new messages, each once. With `wait_seconds` the node sleeps without a lease until a message
 * rings it. It does not wait when no other worker is left that could send a message.
 */
export const readMessages = (node: { id: string; name: string; worker: string }) =>
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
      if (!(await findOthersAtWork(context.database, context.runId, node.id))) {
        return answer('No new messages, and nobody else is at work who could send one. Go on without waiting.');
      }
      const seconds = (wakeAt.getTime() - Date.now()) / 1000;
      return { status: 'waiting', wakeAt, sleep: sleepUntilMessage(context.runId, node, seconds) };
    },
  });

function toText(message: MessageRow): string {
  return `From ${message.from_worker} at ${message.created_at}:\n${message.content}`;
}
