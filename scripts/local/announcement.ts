import { identityProvider } from '../../functions/platform/authenticate.ts';
import { describeDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { configuredChoice } from '../../functions/platform/models/open-model.ts';
import { describeObjects } from '../../functions/platform/objects/open-objects.ts';
import { openSandbox } from '../../functions/tools/sandbox/open-sandbox.ts';

/** What the person who typed `npm start` reads: what it runs on, and something to paste that works. */
export async function announcement(url: string): Promise<string> {
  const parts = {
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

/** Plain sh, curl and sed. The e-mail is new at each paste, so that it works the second time as well. */
function sample(url: string): string {
  return `  URL=${url}/api/v1; JSON='content-type: application/json'
  TOKEN=$(curl -s $URL/auth/register -H "$JSON" -d '{"email":"you-'$(date +%s)'@example.com","password":"correct-horse-battery","display_name":"You"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  SPRINT=$(curl -s $URL/sprints -H "authorization: Bearer $TOKEN" -H "$JSON" -d '{"task":"Build a counter app: an Express backend and a page"}' | sed 's/.*"id":"\\(run_[^"]*\\)".*/\\1/')
  for i in $(seq 60); do S=$(curl -s $URL/sprints/$SPRINT -H "authorization: Bearer $TOKEN" | sed 's/^{"id":"[^"]*","status":"\\([a-z_]*\\)".*/\\1/'); echo "$SPRINT $S"; case $S in completed|failed|cancelled) break;; esac; sleep 1; done
  curl -s $URL/sprints/$SPRINT/files -H "authorization: Bearer $TOKEN"; echo
  curl -s -X POST $URL/sprints/$SPRINT/download -H "authorization: Bearer $TOKEN" -o sprint.zip && ls -l sprint.zip

  What it does meanwhile:  curl -s $URL/sprints/$SPRINT/logs -H "authorization: Bearer $TOKEN"`;
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
  return 'rehearsal: a scripted team, no model is called (set GEMINI_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY)';
}

/** Tries it, because a binary that is installed is not yet one that works. */
async function describeSandbox(): Promise<string> {
  const sandbox = await openSandbox();
  if (sandbox.provider !== 'none') return `${sandbox.provider}: commands of the team run in it`;
  const result = await sandbox.run({ command: 'true', files: [], timeout_seconds: 1, network: 'none' });
  const reason = result.status === 'unavailable' ? result.reason : 'it does not work';
  return `none, so commands of the team are refused (${reason})`;
}
