import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { apiUrlOf, BranchName, parseRemote } from '../../../functions/platform/git/remote.ts';

describe('an address', () => {
  test.each([
    '--upload-pack=touch /tmp/x',
    '-oProxyCommand=touch /tmp/x',
    'ext::sh -c touch% /tmp/x',
    'fd::17',
    'file:///etc',
    '/etc',
    '../x',
    'ssh://-oProxyCommand=x/acme/app',
    'git@github.com:acme/app',
    'git://github.com/acme/app',
    'http://github.com/acme/app',
    'HTTPS://github.com/acme/app',
    'https://user:pass@github.com/acme/app',
    'https://token@github.com/acme/app',
    'https://github.com@evil.example/acme/app',
    'https://github.com:443@evil.example/acme/app',
    'https://github.com\\@evil.example/acme/app',
    'https://github.com%2f@evil.example/acme/app',
    'https://evil.example/acme/app',
    'https://github.com.evil.example/acme/app',
    'https://evil-github.com/acme/app',
    'https://gіthub.com/acme/app',
    'https://xn--gthub-n4a.com/acme/app',
    'https://github.com./acme/app',
    'https://github.com:8443/acme/app',
    'https://GitHub.com/acme/app',
    'https://127.0.0.1/acme/app',
    'https://[::1]/acme/app',
    'https://github.com/acme/app?x=1',
    'https://github.com/acme/app#x',
    'https://github.com/acme/../app',
    'https://github.com/acme/app/../../x',
    'https://github.com/acme/..',
    'https://github.com/acme',
    'https://github.com/acme/app/tree/main',
    'https://github.com/-acme/app',
    'https://github.com/acme/-app',
    'acme/--upload-pack=x',
    '-acme/app',
    'acme/app\n--upload-pack=x',
    'acme/app\0',
    'acme/app ',
    'аcme/app',
    '',
  ])('is rejected: %j', (text) => {
    environment.GIT_HOSTS = ['github.com'];
    expect(() => parseRemote(text)).toThrow(expect.objectContaining({ kind: 'invalid-request', status: 422 }));
  });

  test('of a listed host is parsed in each form', () => {
    environment.GIT_HOSTS = ['github.com', 'ghe.corp.example:8443'];
    const ours = { host: 'github.com', owner: 'acme', name: 'my.app', url: 'https://github.com/acme/my.app.git' };
    for (const text of [
      'acme/my.app',
      'https://github.com/acme/my.app',
      'https://github.com/acme/my.app.git',
      'https://github.com/acme/my.app/',
    ])
      expect(parseRemote(text)).toEqual(ours);
    expect(parseRemote('https://ghe.corp.example:8443/a/b')).toMatchObject({
      url: 'https://ghe.corp.example:8443/a/b.git',
    });
    expect(['github.com', 'ghe.corp.example:8443'].map(apiUrlOf)).toEqual([
      'https://api.github.com',
      'https://ghe.corp.example:8443/api/v3',
    ]);
  });

  test.each([
    '-x',
    '--force',
    '+main',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'refs/heads/x.lock',
    'a//b',
    'a/',
    '/a',
    '.a',
    'a/.b',
    'a.',
    'HEAD',
    'head',
    'FETCH_HEAD',
    'ORIG_HEAD',
    'refs/heads/main',
    'refs/pull/1/head',
    'Refs/heads/main',
    'refs',
    'AUTO_MERGE',
    '0123456789abcdef0123456789abcdef01234567',
    '@',
    '@{-1}',
    '@{1}',
    'a\\b',
    'a*',
    'ä',
    '',
  ])('is not a branch name: %j', (name) => expect(BranchName.safeParse(name).success).toBe(false));

  test.each(['main', 'apexflow/run_01j', 'feature/a-b_c.1', 'references', 'heads-up', 'ahead', 'x/HEAD2'])(
    'is a branch name for us and for git: %s',
    (name) => {
      expect(BranchName.safeParse(name).success).toBe(true);
      expect(execFileSync('git', ['check-ref-format', '--branch', name], { encoding: 'utf8' }).trim()).toBe(name);
    },
  );
});
