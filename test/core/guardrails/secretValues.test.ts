// Which values of a secret file are looked for in all that is told, and which are like any word.
import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { secretValuesIn } from '../../../src/core/guardrails/secretValues';

const cases: [what: string, text: string, values: string[]][] = [
  ['a plain value', 'SECRET=top-secret-7431', ['top-secret-7431']],
  ['a quoted one, exported', 'export TOKEN="abc def 123456"', ['abc def 123456']],
  ['one with a comment after it', 'TOKEN=abc123def # of the test account', ['abc123def']],
  [
    'a password in an address',
    'DATABASE_URL=postgres://me:pa55w0rd@localhost/db',
    ['postgres://me:pa55w0rd@localhost/db', 'pa55w0rd'],
  ],
  ['a value in JSON', '  "private_key_id": "0a1b2c3d4e5f",', ['0a1b2c3d4e5f']],
  [
    'all values of one line',
    '{"user": "me", "password": "hunter2hunter2", "pin": "a1b2c3d4"}',
    ['hunter2hunter2', 'a1b2c3d4'],
  ],
  ['a value in XML', '<db><password>hunter2hunter2</password></db>', ['hunter2hunter2']],
  ['an attribute', '<add key="ApiKey" value="hunter2hunter2" />', ['hunter2hunter2']],
  ['a file that is nothing but the value', 'hunter2hunter2\n', ['hunter2hunter2']],
  ['what a list has', 'keys:\n  - hunter2hunter2\n', ['hunter2hunter2']],
  [
    'the lines of a private key',
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----',
    ['MIIEvQIBADANBgkqhkiG9w0'],
  ],
  ['what a short line of netrc has', 'machine example.com login me password hunter2-7', ['hunter2-7']],
  ['what pgpass has', 'localhost:5432:db:me:hunter2-7', ['hunter2-7', '5432:db:me:hunter2-7']],
  [
    'what Git keeps',
    'https://me:gho_hunter27@example.com',
    ['gho_hunter27', '//me:gho_hunter27@example.com'],
  ],
  [
    'what netrc has',
    'machine example.com login me password hunter2hunter2hunter2',
    ['hunter2hunter2hunter2'],
  ],
  ['no settings that are like any word', 'NODE_ENV=development\nPORT=3000\nDEBUG=true\nDAY=2026-01-31', []],
  [
    'no plain address and no place',
    'API=http://localhost:8080\nDATA=/var/lib/app/data-1\nHERE=./data/file-1.db',
    [],
  ],
  ['no words', 'production\n{"mode": "production", "port": 3000}\n<mode>production</mode>', []],
  ['no comment', '# TOKEN=abc123def456', []],
];

describe('secretValuesIn', () => {
  for (const [what, text, values] of cases)
    it(`finds ${what}`, () => assert.deepEqual([...secretValuesIn(text)], values));
});
