// Which names are taken for secrets, and which samples and look-alikes are not.
import { strict as assert } from 'node:assert';
import { isSecret } from '../../../src/core/guardrails/secretFiles';

const secret = [
  ...[
    '.env',
    'packages/a/.env',
    '.env.local',
    '.env.production',
    '.env.test.local',
    'prod.env',
    '.envrc',
    '.dev.vars',
  ],
  ...[
    'server.pem',
    'certs/a.key',
    'a.p12',
    'a.PFX',
    'a.p8',
    'release.keystore',
    'a.jks',
    'id_rsa',
    'x/id_ed25519',
  ],
  ...['.netrc', '_netrc', '.pypirc', '.pgpass', '.git-credentials', 'credentials', 'credentials.json'],
  ...['service-account.json', 'service_account_prod.json', 'serviceAccountKey.json', 'client_secret_1.json'],
  ...['.env~', '.env.bak', 'id_rsa.bak', 'server.key.old', 'a.pem.orig~', 'app-firebase-adminsdk.json'],
  ...['x.ovpn', 'terraform.tfvars', 'kubeconfig', 'kubeconfig.yaml', 'secrets.json', 'config/secrets.yml'],
  ...['private.asc', 'private-key.asc', 'secring.gpg', '.docker/config.json'],
  ...['.ssh/config', 'deploy/.ssh/known', '.ENV', '.e\u200dnv', '.env.', '.env::$DATA', '.env.local '],
  ...[
    '.env copy',
    '.env (1)',
    '.env - copy',
    '.env copy 2',
    '.env_backup',
    '.env.bak1',
    'sub/#.env#',
    '.#.env',
  ],
  ...[
    'sub/..env.swp',
    '.server.key.swo',
    '#id_rsa#',
    'id_rsa_work',
    'id_ed25519.old',
    'id_rsa-deploy (2)',
    '.env-prod',
  ],
  ...['.env_local', '.envrc.local', '.aws/config', '.envs/.production/.django', '.secrets', '.secrets/token'],
  ...[
    'secrets.production.yaml',
    '.my.cnf',
    '.s3cfg',
    '.boto',
    '.terraformrc',
    '.vault_pass.txt',
    'local.settings.json',
  ],
];
const open = [
  ...[
    '.env.example',
    '.env.sample',
    '.env.template',
    '.env.dist',
    'example.env',
    '.env.example.local',
    'env',
  ],
  ...[
    'src/env.ts',
    'env.d.ts',
    '.environment',
    'keys.ts',
    'monkey',
    'id_rsa.pub',
    'credentials.ts',
    'credentials/a.ts',
  ],
  ...[
    'README.md~',
    'release.asc',
    'src/secrets.ts',
    'secrets.md',
    'docker/config.json',
    '.docker/Dockerfile',
    '.env.example.bak',
  ],
  ...[
    '.env-example',
    '.env_sample',
    '.env.example copy',
    '#README.md#',
    '.app.ts.swp',
    'id_rsa_work.pub',
    'id_rsa.old.pub',
  ],
  ...[
    'secrets.test.ts',
    'settings.json',
    'notes (1).md',
    '.environment-a',
    'envs/a',
    'aws/config',
    '.sw',
    '##',
    '.#',
  ],
  ...['service-account.ts', 'pem.ts', 'ssh/config', '.envoy.yaml', 'src/.env.example/a.ts'],
];

describe('secret files', () => {
  for (const path of secret)
    it(`withholds ${JSON.stringify(path)}`, () => assert.equal(isSecret(path), true));
  for (const path of open) it(`shows ${JSON.stringify(path)}`, () => assert.equal(isSecret(path), false));
});
