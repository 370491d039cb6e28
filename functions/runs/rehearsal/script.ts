import { BACKEND_PACKAGE, BACKEND_SERVER, BACKEND_TEST } from './counter-backend.ts';
import { FRONTEND_PAGE, FRONTEND_SCRIPT, FRONTEND_STYLE } from './counter-frontend.ts';
import { PLANNED_SCRIPT } from './planned-script.ts';
import type { Line, Role, ScriptContext } from './script-context.ts';

const write = (path: string, content: string) => ({ name: 'write_file', arguments: { path, content } });
const tell = (to: string, content: string) => ({ name: 'send_message', arguments: { to, content } });
const run = (command: string) => ({ name: 'run_command', arguments: { command } });

const API =
  'GET /api/counter and POST /api/counter/increment, both answering {"value": <number>}; port 3000; it also serves the folder frontend/ at /';

const README = `# Counter

A small counter: an Express server that keeps the number and a page that shows it.

    cd backend
    npm install
    npm start

Then open http://localhost:3000.
`;

const PARTS: Record<string, string> = {
  backend: 'backend builds the counter API with Express',
  frontend: 'frontend builds the page for it',
  devops: 'devops writes the README and commits the result',
};

/** Sums up the reports that exist and the files that were listed. */
function sumUp({ reports, files }: ScriptContext): string {
  const came = reports.map(({ worker, status }) => `${worker} ${status}`).join(', ') || 'no reports';
  const start = files.includes('backend/server.js')
    ? ' To start it: cd backend, npm install, npm start, then open http://localhost:3000.'
    : '';
  return `The team has built the counter app as far as it was asked: ${came}. Files: ${files.join(', ') || 'none'}.${start} Not tested: the server with Express itself, because commands have no network here.`;
}

/**
 * The script of the rehearsal: a chef and three workers build a counter app with an Express backend and a page; and a
 * planned run.
 */
export const SCRIPT: Record<Role, Line[]> = {
  ...PLANNED_SCRIPT,
  plan: [
    {
      say: 'I split the work between the team and tell each worker the interface.',
      calls: [
        tell(
          'backend',
          `Build the counter's API with Express in backend/: ${API}. Keep the value in memory. Add a test with node:test.`,
        ),
        tell(
          'frontend',
          `Build the counter's page in frontend/ (index.html, style.css, script.js). It uses the backend's API: ${API}. Wait for the backend's message that the API stands.`,
        ),
        tell(
          'devops',
          'Write the README of the result. When backend and frontend have told you that they are done, put everything under version control.',
        ),
      ],
    },
    {
      say: ({ team }) =>
        `The plan: ${team.map((worker) => PARTS[worker] ?? worker).join('; ')}. They work in parallel and agree on the API that I gave them.`,
      calls: [],
    },
  ],
  backend: [
    {
      say: 'I write the server, its package file and a test.',
      calls: [
        write('backend/package.json', BACKEND_PACKAGE),
        write('backend/server.js', BACKEND_SERVER),
        write('backend/counter.test.js', BACKEND_TEST),
      ],
    },
    {
      say: 'I check the syntax and run the test of the counter itself, which needs no package.',
      calls: [run('node --check backend/server.js && cd backend && node --test')],
    },
    {
      say: 'The API stands. I tell the frontend.',
      calls: [tell('frontend', `The API stands in backend/server.js: ${API}.`)],
    },
    {
      say: 'I keep the decision, tell devops that I am done and look for messages.',
      calls: [
        tell('devops', 'The backend is done.'),
        {
          name: 'remember',
          arguments: {
            fact: 'The counter app was built with Express on port 3000 and keeps its value in memory.',
            category: 'decision',
          },
        },
        { name: 'read_messages', arguments: {} },
      ],
    },
    {
      say: 'The backend is done: backend/server.js answers GET /api/counter and POST /api/counter/increment on port 3000 and serves the page. The rule of counting has a test in backend/counter.test.js. Express itself was not installed here, because commands have no network.',
      calls: [],
    },
  ],
  frontend: [
    {
      say: 'I begin with the page and its style.',
      calls: [write('frontend/index.html', FRONTEND_PAGE), write('frontend/style.css', FRONTEND_STYLE)],
    },
    {
      say: 'I wait for the backend to tell me that the API stands.',
      calls: [{ name: 'read_messages', arguments: { wait_seconds: 60 } }],
    },
    { say: 'Now the script that calls the API.', calls: [write('frontend/script.js', FRONTEND_SCRIPT)] },
    {
      say: 'I check the syntax and look for messages.',
      calls: [
        run('node --check frontend/script.js && ls -l frontend'),
        tell('devops', 'The frontend is done.'),
        { name: 'read_messages', arguments: {} },
      ],
    },
    {
      say: 'The page is done: frontend/index.html shows the counter, style.css its look, script.js calls the API and says so when the server does not answer.',
      calls: [],
    },
  ],
  devops: [
    { say: 'I write the README.', calls: [write('README.md', README)] },
    {
      say: 'I wait until one of the others is done.',
      calls: [{ name: 'read_messages', arguments: { wait_seconds: 60 } }],
    },
    {
      say: 'And for the other one.',
      calls: [
        { name: 'read_messages', arguments: { wait_seconds: 60 } },
        { name: 'list_files', arguments: {} },
      ],
    },
    {
      say: 'I put the result under version control.',
      calls: [run('git init -q && git add . && git commit -q -m "Counter app" && git log --oneline')],
    },
    { say: 'I look for messages.', calls: [{ name: 'read_messages', arguments: {} }] },
    {
      say: 'The README says how to start the counter. The result is under version control, if commands can run here.',
      calls: [],
    },
  ],
  summary: [
    {
      say: 'I read the reports and look at the files.',
      calls: [
        { name: 'read_messages', arguments: {} },
        { name: 'list_files', arguments: {} },
      ],
    },
    {
      say: 'I read the server and the script to see that they fit.',
      calls: [
        { name: 'read_file', arguments: { path: 'backend/server.js' } },
        { name: 'read_file', arguments: { path: 'frontend/script.js' } },
      ],
    },
    {
      say: sumUp,
      calls: [],
    },
  ],
};
