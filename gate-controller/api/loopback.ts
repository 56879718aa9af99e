const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for an address that only this machine can reach. */
export const isLoopbackAddress = (host: string): boolean =>
  host === '127.0.0.1' || host === '::1' || host === 'localhost';

export type AskingHeaders = {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
};

/**
 * May this request be answered? Until sign-in exists the pages are for this machine only. A name that resolves to loopback
 * (DNS rebinding) and a foreign page that posts or reads (cross-site request) are refused by what they, or their browser,
 * say of themselves. Another port of this machine is another site for `data`; a link anywhere may lead to a `page`.
 */
export function mayAsk(headers: AskingHeaders, what: 'page' | 'data'): boolean {
  const isLocal = (authority: string): boolean => loopbackHosts.has(authority.replace(/:\d+$/, ''));
  if (headers.host === undefined || !isLocal(headers.host)) return false;
  const site = headers['sec-fetch-site'];
  if (what === 'data' && site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (headers.origin === undefined) return true;
  return headers.origin === `http://${headers.host}`;
}
