// Runs the protocol tests of the suite against oidc-provider and holds what happens to differences.toml.
//
//   node tests/oracle/run.mjs SUITE-BINARY [PART-OF-A-NAME]
//
// Fails where a test fails that is not listed, fails for another reason than the one listed, passes though listed, or
// is listed and does not exist. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';

// What a certified provider has to pass too: tests over HTTP that are named after an assertion of the protocol. 96 on
// are about one-time codes.
const PROTOCOL = /^http::.*::a(\d{3})_\w+$/;
const LAST = 95;

const [binary, part = ''] = process.argv.slice(2);
const listed = new Map(Object.entries(parse(readFileSync(new URL('differences.toml', import.meta.url), 'utf8'))));
const suite = (...more) =>
  spawnSync(binary, more, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, SYMBOLON_TARGET: 'oracle', RUST_BACKTRACE: '0' },
  });

const all = [...suite('--list', '--format', 'terse').stdout.matchAll(/^(\S+): test$/gm)].map(([, name]) => name);
const protocol = all.filter((name) => Number(PROTOCOL.exec(name)?.[1] ?? Infinity) <= LAST);
const names = protocol.filter((name) => name.includes(part));

const report = suite('--exact', ...names);
const pairs = (form) => new Map([...report.stdout.matchAll(form)].map(([, name, rest]) => [name, rest]));
const ended = pairs(/^test (\S+) \.\.\. (\w+)/gm);
const said = pairs(/^---- (\S+) stdout ----\n([^]*?)(?=\n---- |\n\nfailures:\n)/gm);

const wrong = [];
let passed = 0;
let differing = 0;
for (const name of names) {
  const difference = listed.get(name);
  const complaint = judge(name, difference);
  if (complaint) wrong.push(`${name}: ${complaint}`);
  else if (difference) differing += 1;
  else passed += 1;
}
for (const name of listed.keys()) {
  if (!all.includes(name)) wrong.push(`${name}: listed, and there is no such test`);
  else if (!part && !names.includes(name)) wrong.push(`${name}: listed, and not asked of the oracle`);
}

function judge(name, difference) {
  const how = ended.get(name) ?? 'was not run';
  if (!difference) return how === 'ok' ? undefined : `${how}\n${said.get(name) ?? ''}`;
  if (!difference.clause || !difference.why || !difference.seen) return 'its entry says no clause, why or seen';
  if (how !== 'FAILED') return `${how}, though listed as a difference`;
  return said.get(name).includes(difference.seen)
    ? undefined
    : `differs, but not as listed: no ${JSON.stringify(difference.seen)} in\n${said.get(name)}`;
}

if (names.length === 0 || ended.size === 0) wrong.push(`nothing ran\n${report.stdout}${report.stderr}`);
for (const complaint of wrong) console.log(`\n${complaint}`);
console.log(`\n${passed} tests hold for oidc-provider, ${differing} differ as listed`);
console.log(`${passed + differing} passed, ${wrong.length} failed`);
process.exitCode = wrong.length > 0 ? 1 : 0;
