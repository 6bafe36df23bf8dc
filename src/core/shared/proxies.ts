// Through which proxy a request goes: as the environment says, or the editor where that names none.

/** A proxy as somebody named it; its address may hold a password. */
export interface NamedProxy {
  readonly address: string;
  /** The variable or setting that names it. */
  readonly from: string;
}

/** By the scheme of what is asked for. */
export interface Proxies {
  readonly http?: NamedProxy;
  readonly https?: NamedProxy;
  /** Hosts that are asked directly, as in NO_PROXY. */
  readonly except: readonly string[];
}

/** What the editor's own settings name. */
export interface EditorProxy {
  readonly address: string;
  readonly except: readonly string[];
}

export interface Target {
  readonly scheme: 'http' | 'https';
  /** As in an address: IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * The variables of curl and most others, in small letters first; one for all counts where there is none for the scheme.
 * @param editor counts where the environment names no proxy
 */
export function readProxies(
  environment: Readonly<Record<string, string | undefined>>,
  editor?: EditorProxy,
): Proxies {
  const first = (...names: readonly string[]): NamedProxy | undefined => {
    for (const from of names.flatMap((name) => [name.toLowerCase(), name])) {
      const address = environment[from]?.trim();
      if (address) return { address, from };
    }
    return undefined;
  };
  const except = listed(environment.no_proxy || environment.NO_PROXY || '');
  const http = first('HTTP_PROXY', 'ALL_PROXY');
  const https = first('HTTPS_PROXY', 'ALL_PROXY');
  if (http || https) return { ...(http && { http }), ...(https && { https }), except };
  if (!editor) return { except };
  const named = { address: editor.address, from: 'http.proxy' };
  return { http: named, https: named, except: [...except, ...editor.except] };
}

/** Undefined: it is asked directly. */
export function proxyFor({ scheme, host, port }: Target, proxies: Proxies): NamedProxy | undefined {
  if (isThisMachine(host.toLowerCase())) return undefined;
  const isExcepted = proxies.except.some((entry) =>
    covers(entry.trim().toLowerCase(), host.toLowerCase(), port),
  );
  return isExcepted ? undefined : proxies[scheme];
}

/** For people: without what its address holds to get in. */
export function describeProxy({ address, from }: NamedProxy): string {
  return `${address.replace(/^((?:[a-z][\w+.-]*:)?\/\/)?[^/@]*@/i, '$1')} (${from})`;
}

/** No proxy can lead back to it: a local model is asked directly, whatever the environment names. */
function isThisMachine(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}

function listed(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** A name stands for itself and all below it, with a dot or `*.` before it too; `host:port`, `*` and IPv4 ranges as well. */
function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const withPort = /^(.*?[^:]|\[.*\]):(\d+)$/.exec(entry);
  const isWithPort = withPort !== null && (entry.startsWith('[') || !withPort[1]?.includes(':'));
  if (isWithPort && Number(withPort[2]) !== port) return false;
  const name = (isWithPort ? (withPort[1] ?? '') : entry).replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
  const asked = host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (name === '') return false;
  return asked === name || asked.endsWith(`.${name}`) || isInRange(asked, name);
}

function isInRange(host: string, range: string): boolean {
  const [base = '', bits] = range.split('/');
  const [address, start] = [ipv4(host), ipv4(base)];
  if (bits === undefined || !/^\d+$/.test(bits) || address === undefined || start === undefined) return false;
  const size = 2 ** (32 - Math.min(32, Number(bits)));
  return Math.floor(address / size) === Math.floor(start / size);
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
