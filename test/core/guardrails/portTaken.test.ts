// Outputs of real servers that found their port taken, and outputs that only speak of ports.
import { strict as assert } from 'node:assert';
import { PortText, tellsPortTaken } from '../../../src/core/guardrails/portTaken';

const taken: readonly string[] = [
  'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000',
  'OSError: [Errno 98] Address already in use',
  'OSError: [Errno 48] Address already in use',
  'listen tcp :8080: bind: address already in use',
  'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)',
  'java.net.BindException: Address already in use (Bind failed)',
  'thread main panicked: Os { code: 98, kind: AddrInUse, message: "Address already in use" }',
  'Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)',
  'Failed to listen on localhost:8000 (reason: Address already in use)',
  'Failed to bind to address http://127.0.0.1:5000: address already in use.',
  'OSError: [WinError 10048] Only one usage of each socket address (protocol/network address/port) is normally permitted',
  'Error: Port 5173 is already in use',
  'Port 3000 is in use, trying 3001 instead.',
  ' ⚠ Port 3000 is in use by process 4711, using available port 3001 instead.',
  'Error: That port is already in use.',
  'Address already in use\nPort 5000 is in use by another program.',
  'Web server failed to start. Port 8080 was already in use.',
  'Error: http://localhost:3000 is already used, make sure that nothing is running on the port/url',
  'Bind for 0.0.0.0:5432 failed: port is already allocated',
  'Something is already running on port 3000.',
  '{error,eaddrinuse}',
  'Error: The port 4200 is already being used.',
];

const other: readonly string[] = [
  '',
  'Server listens on port 3000',
  'connect ECONNREFUSED 127.0.0.1:3000',
  'AssertionError: expected the port to be 3000',
  'the import is in use elsewhere',
  'The export\nname is in use',
  'address book: name already in use',
  'Report is already allocated',
];

describe('tellsPortTaken', () => {
  for (const output of taken) it(`true: ${output}`, () => assert.equal(tellsPortTaken(output), true));
  for (const output of other) it(`false: ${output}`, () => assert.equal(tellsPortTaken(output), false));
});

describe('PortWords', () => {
  it('are found where output was cut in the middle of them, and not forgotten', () => {
    const words = new PortText();
    for (const piece of ['x'.repeat(5000), ' listen EADDR', 'INUSE: addr', 'y'.repeat(5000)])
      words.add(piece);
    assert.equal(words.isTold, true);
  });

  it('are not where there are none', () => {
    const words = new PortText();
    for (const piece of ['EADDR', ' INUSE', 'port', '3000 in use']) words.add(piece);
    assert.equal(words.isTold, false);
  });
});
