import { describeDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { configuredChoice } from '../../functions/platform/models/open-model.ts';
import { describeObjects } from '../../functions/platform/objects/open-objects.ts';
import { identityProvider } from '../../functions/platform/sign-in/authenticate.ts';
import { openSandbox } from '../../functions/tools/sandbox/open-sandbox.ts';

/**
 * Returns the text that `npm start` prints: the parts of the system, and commands to paste. `webConsole` says whether
 * the console can be used.
 */
export async function announcement(url: string, webConsole: string): Promise<string> {
  const parts = {
    console: webConsole,
    database: describeDatabase(),
    queue: 'in this process',
    files: describeObjects(),
    'sign-in': describeSignIn(),
    model: describeModel(),
    sandbox: await describeSandbox(),
  };
  const lines = Object.entries(parts).map(([name, text]) => `  ${name.padEnd(10)}${text}`);
  return [
    '',
    `ApexFlow runs at ${url}    (API: ${url}/docs, stop: Ctrl+C)`,
    '',
    ...lines,
    '',
    TRY_IT,
    '',
    sample(url),
    '',
  ].join('\n');
}

const TRY_IT = 'Try it: paste this into another terminal, as often as you like.';

/** Returns commands that need only sh, curl and grep. Each paste uses a new e-mail address, so they can be repeated. */
function sample(url: string): string {
  return `  URL=${url}/api/v1
  call() { P=$1; shift; curl -s "$URL$P" -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' "$@"; }
  field() { grep -o "\\"$1\\":\\"[^\\"]*\\"" | head -1 | cut -d'"' -f4; }
  TOKEN=$(call /auth/register -d '{"email":"you-'$(date +%s)'@example.com","password":"correct-horse-battery","display_name":"You"}' | field access_token)
  SPRINT=$(call /sprints -d '{"task":"Build a counter: a page with a button, and a small API"}' | field id)
  while S=$(call /sprints/$SPRINT | field status); echo "$SPRINT is $S"; [ "$S" = queued ] || [ "$S" = running ]; do sleep 1; done
  call /sprints/$SPRINT/logs; echo
  call /sprints/$SPRINT/files; echo
  call /sprints/$SPRINT/download -X POST -o sprint.zip; ls -l sprint.zip`;
}

function describeSignIn(): string {
  const provider = identityProvider();
  if (provider === 'firebase')
    return `Firebase project ${environment.FIREBASE_PROJECT_ID ?? environment.GOOGLE_CLOUD_PROJECT}`;
  if (provider === 'emulator') return `Firebase emulator at ${environment.FIREBASE_AUTH_EMULATOR_HOST}`;
  return 'this machine (FIREBASE_API_KEY is not set)';
}

function describeModel(): string {
  const choice = configuredChoice();
  if (environment.DEFAULT_MODEL !== undefined) return environment.DEFAULT_MODEL;
  if (choice !== undefined) return `${choice.provider}/${choice.model}`;
  return 'rehearsal: a scripted team, no model is called (set GEMINI_API_KEY, ANTHROPIC_API_KEY, OPENAI_API_KEY or QWEN_API_KEY)';
}

/** Runs a command in the sandbox, because an installed bubblewrap may not work. */
async function describeSandbox(): Promise<string> {
  const sandbox = await openSandbox();
  if (sandbox.provider !== 'none') return `${sandbox.provider}: commands of the team run in it`;
  const result = await sandbox.run({ command: 'true', files: [], timeout_seconds: 1, network: 'none' });
  const reason = result.status === 'unavailable' ? result.reason : 'the sandbox does not work';
  return `none, so commands of the team are refused (${reason})`;
}
