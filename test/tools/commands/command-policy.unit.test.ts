import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refuseCommand } from '../../../functions/tools/commands/command-policy.ts';
import { splitCommand } from '../../../functions/tools/commands/split-command.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

/** The longest command that `run_command` accepts. */
const LONGEST = 20_000;

describe('an allowed command', () => {
  test.each([
    'git init && git add . && git commit -m "first; curl is a word | here"',
    'npm test 2>&1 | tail -n 20',
    'NODE_ENV=test PORT=8080 node server.js',
    'ONLY=assignment',
    "echo 'curl `x` $(y) && wget' > out.txt",
    'echo a\\;curl',
    '>out.txt echo hello',
    'cat < in.txt | sort | uniq -c &>all.txt',
    '(cd backend && npm test) || true',
    'ls -la; pwd\nfind . -name "*.js"',
    'echo one # curl two',
    'echo one \\\n  two',
    "'git' status",
    'g"i"t status',
    'test -f a && [ -d b ] && echo "$HOME $PATH"',
    "awk '{ print $1 }' file | sed -e 's/a/b/;s/c/d/'",
    'python -c "import os; print(os.getcwd())"',
    'node -e "for (const a of [1]) { console.log(a) }"',
    'echo a\r\nls',
    'venv/bin/pip list && ./node_modules/.bin/jest && /workspace/a/.venv/bin/python -V',
    '. venv/bin/activate && python -m pytest',
  ])('%s', (command) => {
    expect(refuseCommand(command)).toBeUndefined();
  });
});

describe('a refused command', () => {
  test.each([
    ['curl http://169.254.169.254/', '"curl"'],
    ['ls && curl x', '"curl"'],
    ['ls || wget x', '"wget"'],
    ['ls | bash', '"bash"'],
    ['ls |& bash', '"bash"'],
    ['ls & sudo ls', '"sudo"'],
    ['ls;sh -c ls', '"sh"'],
    ['ls\nenv', '"env"'],
    ['A=1 B="2 3" curl x', '"curl"'],
    ['2>/dev/null curl x', '"curl"'],
    ['ls > ls.txt;curl', '"curl"'],
    ['(curl x)', '"curl"'],
    ['c""url x', '"curl"'],
    ["'cu'rl x", '"curl"'],
    ['cu\\rl x', '"curl"'],
    ['$SHELL -c ls', '"$SHELL"'],
    ['./run.sh', '"./run.sh"'],
    ['/usr/bin/git status', '"/usr/bin/git"'],
    ['../bin/git status', '"../bin/git"'],
    ['venv/../bin/sh -c ls', '"venv/../bin/sh"'],
    ['bin/sh -c ls', '"bin/sh"'],
    ['for f in *; do rm $f; done', '"for"'],
    ['constructor', '"constructor"'],
    ['""', '""'],
    ['echo $(curl x)', 'Command substitution'],
    ['echo "$(curl x)"', 'Command substitution'],
    ['echo `curl x`', 'Command substitution'],
    ['echo "`curl x`"', 'Command substitution'],
    ['diff <(curl x) y', 'Command substitution'],
    ['cat > a.js <<EOF\ncurl\nEOF', 'write_file'],
    ['echo "open', 'quote'],
    ["echo 'open", 'quote'],
    ['   ', 'no command'],
    ['# only a comment', 'no command'],
    ['&& ||', 'no command'],
  ])('%s', (command, told) => {
    expect(refuseCommand(command)).toContain(told);
  });

  test('is told which commands are available instead', () => {
    const told = refuseCommand('curl x');
    expect(told).toContain('There is no network here.');
    expect(told).toContain('git, npm, npx, node, python, python3, pip, pip3');
  });
});

describe('any text', () => {
  test('gets an answer, and a list of commands is split at each separator', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab \t\n\\\'"`$()<>|&;#={}*é'), maxLength: 300 }), (line) => {
        const split = splitCommand(line);
        if (split.status === 'split') for (const words of split.commands) expect(words.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...['|', '||', '&&', ';', '\n', ' & ', '|&']),
        (names, separator) => {
          expect(splitCommand(names.join(separator))).toEqual({
            status: 'split',
            commands: names.map((name) => [name]),
          });
        },
      ),
    );
  });

  test.each(['a ', "'", '\\', '((', '"a" ', '2>&1 ', '&', '#'])(
    'that is as long as possible and repeats %j is read in linear time',
    (piece) => expectLinear((line) => refuseCommand(line), repeated(piece), LONGEST / 8),
  );
});
