import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/**
 * The argument checker finds errors that Terraform would report. `.ci/run` installs it. Without it, the tests are
 * skipped.
 */
const CHECKER = join(import.meta.dirname, 'checker');
const isInstalled = existsSync(join(CHECKER, 'node_modules/@cdktf/provider-google'));
const reason = isInstalled ? '' : ' (skipped: npm ci --ignore-scripts --legacy-peer-deps --prefix test/infra/checker)';

describe.skipIf(!isInstalled)(`the Terraform argument checker${reason}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'apexflow-terraform-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function check(terraform: string) {
    writeFileSync(join(folder, 'main.tf'), terraform);
    const { status, stderr } = spawnSync(process.execPath, ['--liftoff-only', join(CHECKER, 'check.mjs'), folder], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    return { status, faults: stderr };
  }
  const queue = (body: string) => `resource "google_cloud_tasks_queue" "one" {\n  name = "one"\n${body}\n}\n`;

  test('accepts a valid resource', () => {
    expect(check(queue('  location = "here"\n  rate_limits {\n    max_concurrent_dispatches = 3\n  }'))).toEqual({
      status: 0,
      faults: '',
    });
  });

  const mistakes: [string, string, string][] = [
    ['an unknown argument', queue('  location = "here"\n  colour = "red"'), 'unknown argument colour'],
    [
      'an unknown nested argument',
      queue('  location = "here"\n  rate_limits {\n    speed = 1\n  }'),
      'rate_limits: unknown argument speed',
    ],
    ['a missing argument', queue(''), 'the required argument location is missing'],
    ['an unknown resource', 'resource "google_teapot" "one" {}\n', 'the provider has no resource google_teapot'],
    ['an undeclared variable', queue('  location = var.nowhere'), 'var.nowhere is not declared'],
    ['an undeclared local', queue('  location = local.nowhere'), 'local.nowhere is not declared'],
    [
      'an undeclared resource',
      queue('  location = google_storage_bucket.two.location'),
      'google_storage_bucket.two is not declared',
    ],
    [
      'an error in a dynamic block',
      queue(
        '  location = "here"\n  dynamic "retry_config" {\n    for_each = [1]\n    content {\n      attempts = 1\n    }\n  }',
      ),
      'retry_config: unknown argument attempts',
    ],
  ];
  test.each(mistakes)('finds %s', (_name, terraform, fault) => {
    const { status, faults } = check(terraform);
    expect(faults).toContain(fault);
    expect(status).toBe(1);
  });
});
