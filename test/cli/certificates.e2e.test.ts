// A model service whose certificate this machine does not take: told at once, with what it is and its mend, and asked for nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from 'node:tls';
import { describe, it } from 'mocha';
import { type Certificate, makeCertificate } from '../support/certificate';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, startCli, userWith } from '../support/cli';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

const year = (n: number) => new Date(Date.UTC(n, 0, 1));
const now = new Date().getUTCFullYear();

describe('a model service with a certificate', () => {
  const cleanUp = cleanUpAfterEach();

  /** Leads to `port` whoever takes the certificate. */
  async function front({ key, cert }: Certificate, port: number): Promise<string> {
    const server = createServer({ key, cert }, (socket) => {
      const onward = connect(port, '127.0.0.1');
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, 'localhost');
    await once(server, 'listening');
    cleanUp.push(() => server.close());
    return `https://localhost:${(server.address() as AddressInfo).port}`;
  }

  async function begin(certificate: Certificate, isTrusted: boolean) {
    const { dir, remove } = await writeProject({
      features: [{ name: 'A', verify: 'test -f a.txt' }],
      script: { A: [call('write_file', { path: 'a.txt', content: 'a' }), finish] },
    });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const folder = await mkdtemp(path.join(tmpdir(), 'pa-certificate-'));
    cleanUp.push(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'ca.pem');
    await writeFile(file, certificate.cert);
    const baseUrl = await front(certificate, Number(new URL(model.baseUrl).port));
    const run = startCli(['run', '--project-dir', dir, '--model', 'haiku', '--json'], {
      ANTHROPIC_API_KEY: 'sk-test-1',
      NODE_EXTRA_CA_CERTS: isTrusted ? file : '',
      ...userWith({ providers: { anthropic: { baseUrl } } }),
    });
    cleanUp.push(() => run.child.kill('SIGKILL'));
    return run;
  }

  it('is asked where NODE_EXTRA_CA_CERTS names who signed it', async () => {
    const run = await begin(makeCertificate(year(now - 1), year(now + 1)), true);
    assert.equal((await run.ended).code, 0, run.notes.join('\n'));
  });

  const named = ['localhost'];
  const refused: readonly (readonly [string, Certificate, boolean, string, RegExp, RegExp])[] = [
    [
      'is of nobody who is trusted',
      makeCertificate(year(now - 1), year(now + 1), named),
      false,
      'certificate',
      /certificate of the model service is not trusted \(self-signed certificate/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'is of another name, as that of a network that wants a login',
      makeCertificate(year(now - 1), year(now + 1), ['login.hotel.example']),
      true,
      'certificate',
      /not trusted \(Hostname\/IP does not match.*login\.hotel\.example/,
      /log in first, do that in a browser/,
    ],
    [
      'has run out by the clock',
      makeCertificate(year(now - 3), year(now - 2), named),
      true,
      'clock',
      /By this machine's clock, which says \d{4}-.*not valid \(certificate has expired\)/,
      /clock right/,
    ],
    [
      'is not valid yet by the clock',
      makeCertificate(year(now + 2), year(now + 3), named),
      true,
      'clock',
      /not valid \(certificate is not yet valid\)/,
      /clock right/,
    ],
  ];
  for (const [what, certificate, isTrusted, cause, says, mend] of refused)
    it(`is told with its mend after one try where it ${what}`, async () => {
      const run = await begin(certificate, isTrusted);
      const told = new Promise<string>((resolve) => {
        run.onLine((line) => void (/"(breaker\.opened|throttle\.changed)"/.test(line) && resolve(line)));
      });
      const first = await Promise.race([told, run.ended.then(() => '{}')]);
      const opened = JSON.parse(first);
      run.child.kill('SIGINT');
      await run.ended;
      assert.equal(opened.cause, cause, `${first}\n${run.notes.join('\n')}`);
      assert.match(opened.message, says);
      assert.match(opened.mend, mend);
      const events = parseEvents(run.lines);
      assert.deepEqual(
        events.filter(({ type }) => /^feature\.(failed|retried)$|^throttle/.test(type)),
        [],
      );
    });
});
