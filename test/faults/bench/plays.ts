import { call, type Play, tell, write } from '../../support/team-script.ts';

/**
 * What the scripted teams of the fault bench play. Every effect can be counted: a file's version, a message's row, a fact, a turn's money. What they write
 * does not depend on who is faster, so that each run can be compared with the one that nothing disturbed.
 */

/** The shortest sprint with every kind of effect: its statements are cut one by one. */
export const SHORT_PLAY: Play = {
  plan: [{ text: 'Go.', toolCalls: [tell('backend', 'Build the API.')] }, { text: 'The plan stands.' }],
  backend: [
    {
      text: 'Work.',
      toolCalls: [
        write('api.js', 'export const api = 1;\n'),
        call('edit_file', { path: 'api.js', old_text: 'api = 1', new_text: 'api = 2' }),
        call('remember', { fact: 'The API is called api.' }),
      ],
    },
    { text: 'The API is done.' },
  ],
  summary: [{ text: 'All is done.' }],
};

/** Two workers side by side who write, talk to each other, and remember. */
export const TEAM_PLAY: Play = {
  plan: [
    { text: 'Go.', toolCalls: [tell('backend', 'Build the API.'), tell('frontend', 'Build the page.')] },
    { text: 'The plan stands.' },
  ],
  backend: [
    { text: 'Files.', toolCalls: [write('api.js', 'export const api = 1;\n'), write('data.json', '{}\n')] },
    {
      text: 'Word.',
      toolCalls: [
        call('edit_file', { path: 'api.js', old_text: 'api = 1', new_text: 'api = 2' }),
        tell('frontend', 'The API stands.'),
        call('remember', { fact: 'The API is called api.' }),
      ],
    },
    { text: 'The API is done.' },
  ],
  frontend: [
    { text: 'A page.', toolCalls: [write('page.html', '<title>Page</title>\n')] },
    { text: 'I wait.', toolCalls: [call('read_messages', { wait_seconds: 300 })] },
    { text: 'A script.', toolCalls: [write('script.js', 'start();\n')] },
    { text: 'The page is done.' },
  ],
  summary: [{ text: 'I look.', toolCalls: [call('list_files')] }, { text: 'All is done.' }],
};
