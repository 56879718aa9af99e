const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for an address that only this machine can reach. */
export const isLoopbackAddress = (host: string): boolean =>
  host === '127.0.0.1' || host === '::1' || host === 'localhost';

/**
 * May this request be answered? Until sign-in exists the pages are for this machine only. A name that resolves to loopback
 * (DNS rebinding) and a foreign page that posts (cross-site request) are refused by what they say of themselves.
 */
export function mayAsk(headers: { readonly host?: string | undefined; readonly origin?: string | undefined }): boolean {
  const isLocal = (authority: string): boolean => loopbackHosts.has(authority.replace(/:\d+$/, ''));
  if (headers.host === undefined || !isLocal(headers.host)) return false;
  if (headers.origin === undefined) return true;
  return headers.origin === `http://${headers.host}`;
}
