import { z } from 'zod';
import { answer, failure, tool } from '../../tools/tool.ts';
import { insertMessage, reviveSkippedWorker, ringWaitingWorker } from '../sql/message.ts';

/** Sends a message to another member of the team; one who waits for messages goes on at once, and one whom nobody had asked comes in. */
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
        ringWaitingWorker(context.runId, to),
      ];
      // During planning the run starts whom the chef wrote to, once the plan is complete.
      if (node.name !== 'plan' && to !== 'chef') statements.push(...reviveSkippedWorker(context.runId, to));
      return answer(`Sent to ${to}.`, { statements, facts: { to } });
    },
  });
};
