// Which files are taken for secrets by their name alone, so that no file an agent may write has a say in it.
import { lenientName } from '../shared/lenientName';

/** Nothing but secrets is expected in them, or what else is there is no work of an agent's. `secretBearers.ts` has the others. */
const secret: readonly RegExp[] = [
  // Environments: what tells one installation from another, keys above all.
  /^\.env([-._].+)?$|^[^.].*\.env$|^\.dev\.vars(\..+)?$|^\.envrc(\..+)?$|^local\.settings\.json$|^\.renviron$/,
  // Private keys and stores of them.
  /\.(pem|key|p12|pfx|p8|ppk|jks|keystore|kdbx|keytab|agekey)$/,
  /^id_(rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk)([-._](?!pub$|.*\.pub$).+)?$/,
  /^(private|secret).*\.(asc|gpg)$|^secring\.gpg$/,
  // Files in which a tool keeps the password or token it logs in with, and little else.
  /^[._]netrc$|^\.(pypirc|pgpass|git-credentials|htpasswd|dockercfg|vault-token|s3cfg|boto|terraformrc|secrets)$/,
  /^\.(my|mylogin)\.cnf$|^\.vault[-_]pass(word)?(\.txt)?$|^pgpass\.conf$|^\.passwd-s3fs$|^rclone\.conf$/,
  /^\.(sentryclirc|databrickscfg|clasprc\.json|dockerconfigjson)$|\.(ovpn|publishsettings)$|^kubeconfig(\..+)?$|\.kubeconfig$/,
  /^credentials(\.(json|ini|toml|ya?ml|csv|xml|properties))?$/,
  /^(service[-_]?account|client_secret|application_default_credentials).*\.json$|-firebase-adminsdk(-.*)?\.json$/,
  /^secrets?(\.(prod|production|staging|dev|development|local|test))?\.(json|toml|ya?ml)$/,
  // What Terraform is given, and all that it knows: its state has every password in plain text, "sensitive" or not.
  /\.tfvars(\.json)?$|\.tfstate(\.\d+)?$/,
];

/** What editors, file managers and people add to the name of a file that they keep beside its next version. */
const kept = /(~|[-._](bak|backup|old|orig|save|copy)\d*|( -)? copy( \d+)?| ?\(\d+\))+$/;
/** Of a text that is being edited: how Emacs and Vim name what is not saved yet, and the lock beside it. */
const unsaved = /^(?:#(.+)#|\.#(.+)|\.(.+)\.sw[a-p])$/;

/** Folders in which tools keep nothing else. */
const secretFolders = new Set(['.ssh', '.gnupg', '.kube', '.aws', '.envs', '.secrets']);

/** What a project ships so that its users can see which values are wanted. */
const sample = /^(example|sample|template|dist)\.|(\.|^\.env[-_])(example|sample|template|dist)(\.|$)/;

/** Is the file at `path` (with `/` between names) one that is always taken for a secret? */
export function isSecret(path: string): boolean {
  const names = path.split('/').map(lenientName);
  const name = withoutVersion(names.at(-1) ?? '');
  if (names.slice(0, -1).some((folder) => secretFolders.has(folder))) return true;
  if (names.at(-2) === '.docker' && name === 'config.json') return true;
  return secret.some((rule) => rule.test(name)) && !sample.test(name);
}

/** Does the project ship the file to show which secrets are wanted? What it says is in the open. */
export function isSample(path: string): boolean {
  const name = withoutVersion(lenientName(path.slice(path.lastIndexOf('/') + 1)));
  return secret.some((rule) => rule.test(name)) && sample.test(name);
}

/** A path without what its file is called beside for an older or unsaved version. */
export function withoutVersion(path: string): string {
  const at = path.lastIndexOf('/') + 1;
  const [, emacs, lock, vim] = unsaved.exec(path.slice(at)) ?? [];
  return path.slice(0, at) + (emacs ?? lock ?? vim ?? path.slice(at)).replace(kept, '');
}
