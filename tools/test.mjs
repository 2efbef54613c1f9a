// `npm test`: types, lint, build, then every test; ends with a line `N passed, N failed` counted from the real result.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installLabTools } from './lab-tools.mjs';

const only = process.argv.slice(2);
const run = (command, args, options = {}) => spawnSync(command, args, { stdio: 'inherit', ...options }).status ?? 1;

for (const [name, command, args] of [
  ['types', 'tsc', ['--noEmit']],
  ['lint', 'oxlint', ['--deny-warnings', 'src', 'test', 'tools']],
  ['build', 'node', ['tools/build.mjs']],
]) {
  const status = run(command, args);
  if (status !== 0) {
    console.error(`${name}: failed`);
    console.log('0 passed, 1 failed');
    process.exit(status);
  }
}

const missing = installLabTools();
const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-test-'));
const result = join(folder, 'result.json');
const status = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${result}`, ...only], {
  env: { ...process.env, PROXY_DOCTOR_LAB: missing.length === 0 ? 'yes' : 'no' },
});
let passed = 0;
let failed = 0;
try {
  const report = JSON.parse(readFileSync(result, 'utf8'));
  passed = report.numPassedTests;
  failed = report.numFailedTests + (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  if (failed === 0 && status !== 0) failed = Math.max(1, report.numFailedTestSuites ?? 1);
} catch {
  failed = 1;
}
rmSync(folder, { recursive: true, force: true });
if (missing.length > 0) {
  console.error(
    `\nLEFT OUT: the lab on the real Apache, and the tests that need it: ${missing.join(', ')} not there and could not be installed.`,
  );
  if (process.env.CI) failed += 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
