import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { GitFailure } from '../../platform/git/git-failure.ts';
import { BranchName, parseRemote, type Remote } from '../../platform/git/remote.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { type CommitPlan, fingerprintOf } from '../../tools/git/commit-plan.ts';
import type { Change } from '../../tools/git/own-commits.ts';
import {
  describeGitFailure,
  type PushOptions,
  type PushResult,
  previewPush,
  pushFiles,
} from '../../tools/git/push-files.ts';
import { describeConfusions, outgoingFiles } from '../../tools/outgoing-files.ts';
import { showLines } from '../../tools/show-exactly.ts';
import { describeTooLong, showFiles } from '../../tools/show-files.ts';
import {
  type ApprovalRequest,
  answer,
  type CompletedOutcome,
  failure,
  outdated,
  type ToolContext,
  type ToolOutcome,
  tool,
} from '../../tools/tool.ts';
import { listWorkspace, readContent, WORKSPACE_LIMITS } from '../../tools/workspace.ts';
import { findRunRepository } from '../sql/repository.ts';
import { openToken, orNoKeys, waitForKeys } from './open-token.ts';

const Parameters = z.strictObject({
  message: z
    .string()
    .trim()
    .min(1)
    .max(5_000)
    .refine((message) => !message.includes('\0') && message.isWellFormed(), 'must be text without NUL')
    .meta({ description: 'The commit message: one line that says what changes, then the reason' }),
  branch: BranchName.optional().meta({ description: 'The default is a branch of this run: apexflow/<run>' }),
});
type Parameters = z.output<typeof Parameters>;

/**
 * Pushes the run's files to the run's own repository; a model cannot choose another address. Every push needs the
 * approval of a user, whatever the branch, because a push cannot be undone. The approval covers exactly the shown
 * changes, message, branch and repository. If the branch has moved since, the commit is made on its new head, unless it
 * would overwrite or delete something else there. Safe to repeat: the remote shows what an interrupted call did.
 */
export const pushRepository = tool({
  name: 'push_repository',
  description:
    "Pushes the workspace's files as one commit to the repository of this run, after a person has allowed it. Files in the repository that the run never had stay. " +
    '.git folders are not pushed, and neither are commits that you made in the sandbox. Never forced: when others have pushed, the commit goes on top of theirs.',
  parameters: Parameters,
  safeToRepeat: true,
  approval: (parameters, context) => orNoKeys(() => prepare(parameters, context)),
  execute: (parameters, context) => waitForKeys(context, () => execute(parameters, context)),
});

interface Push {
  remote: Remote;
  branch: string;
  options: PushOptions;
  /** Of what the user is shown, when the push changes this at the remote. */
  fingerprintWith(changes: readonly Change[]): string;
}

async function prepare(parameters: Parameters, context: ToolContext): Promise<ApprovalRequest | CompletedOutcome> {
  // The preview's commit date is not kept: the real commit gets the time of the approval.
  const push = await openPush(parameters, context, new Date().toISOString());
  if ('status' in push) return push;
  const { remote, branch, options, fingerprintWith } = push;
  if (options.plan.files.length === 0) return failure('The workspace has no files to push.');
  try {
    const { base, changes } = await previewPush(options);
    if (changes.length === 0) return failure('The repository already has these files; there is nothing to push.');
    const modes = new Map(options.plan.files.map(({ path, mode }) => [path, mode]));
    const shown = showFiles(changes.map((change) => ({ ...change, mode: modes.get(change.path) })));
    const fault = describeTooLong(shown);
    if (fault !== undefined) return failure(fault);
    const head = base.commit?.slice(0, 12);
    const state = base.isBranchThere
      ? `exists, its head is ${head}`
      : head
        ? `new, from the default branch at ${head}`
        : 'new, the first of an empty repository';
    return {
      status: 'approval',
      summary: `Push ${changes.length} changed ${changes.length === 1 ? 'file' : 'files'} to ${branch} of ${remote.owner}/${remote.name} at ${remote.host}.`,
      details: [
        `Repository: ${remote.url}`,
        `Branch: ${branch} (${state})`,
        `Message:\n${showLines(options.plan.message)}`,
        `Changes (A added, M modified, D deleted):\n${shown}`,
        ...describeConfusions(options.plan.files),
      ].join('\n'),
      fingerprint: fingerprintWith(changes),
    };
  } catch (error) {
    return explain(error);
  }
}

async function execute(parameters: Parameters, context: ToolContext): Promise<ToolOutcome> {
  const { approved } = context;
  if (approved === undefined) return failure('Nobody has allowed this push, so nothing was pushed.');
  const push = await openPush(parameters, context, approved.at);
  if ('status' in push) return push;
  try {
    const isShown = (changes: readonly Change[]) => push.fingerprintWith(changes) === approved.fingerprint;
    const result = await pushFiles(push.options, isShown);
    return outcomeOf(result, push);
  } catch (error) {
    return explain(error);
  }
}

async function openPush(
  { message, branch = '' }: Parameters,
  context: ToolContext,
  date: string,
): Promise<Push | CompletedOutcome> {
  const { database, runId, tenantId, worker, callKey, signal } = context;
  const repository = await findRunRepository(database, runId);
  if (!repository) return failure('This run has no repository. Create one with create_repository first.');
  const remote = remoteOf(repository);
  if ('status' in remote) return remote;
  const credential: SecretText | CompletedOutcome = await openToken(context, 'github_token', 'push_repository');
  if ('status' in credential) return credential;
  const target = branch === '' ? `apexflow/${runId}` : branch;
  const listed = await listWorkspace(database, runId, { limit: WORKSPACE_LIMITS.files });
  const files = outgoingFiles(listed).map(({ path, sha256, mode }) => ({ path, sha256, mode }));
  const plan: CommitPlan = { runId, callKey, author: worker, date, message, files };
  return {
    remote,
    branch: target,
    options: { remote, branch: target, plan, read: (file) => readContent(tenantId, file), credential, signal },
    fingerprintWith: (changes) => fingerprintOf({ remote: remote.url, branch: target, message, files, changes }),
  };
}

function remoteOf(repository: string): Remote | CompletedOutcome {
  try {
    return parseRemote(repository);
  } catch (error) {
    if (error instanceof Problem) return failure(error.message);
    throw error;
  }
}

function outcomeOf(result: PushResult, { remote, branch }: Push): ToolOutcome {
  const where = `${branch} of ${remote.owner}/${remote.name}`;
  const facts = { repository: `${remote.owner}/${remote.name}`, branch };
  switch (result.status) {
    case 'pushed':
      return answer(`Pushed commit ${result.commit} with ${result.changes.length} changed files to ${where}.`, {
        facts: { ...facts, commit: result.commit, changes: result.changes.length },
      });
    case 'done-before':
      return answer(`Pushed commit ${result.commit} to ${where}.`, { facts: { ...facts, commit: result.commit } });
    case 'unchanged':
      return answer(`${where} already has these files; nothing was pushed.`, { facts });
    case 'conflict':
      return failure(
        `Others keep pushing to ${where}, so nothing was pushed. Try again later, or push to another branch.`,
        facts,
      );
    case 'changed':
      return outdated(
        'The files, or what this push would change at the repository, have changed since a person allowed it, so nothing was pushed. Call push_repository again; the person is asked again with the current state.',
        facts,
      );
  }
}

function explain(error: unknown): CompletedOutcome {
  if (error instanceof GitFailure) return failure(`No push was confirmed. ${describeGitFailure(error)}`);
  throw error;
}
