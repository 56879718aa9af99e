import { checkConfiguration, ConfigurationError } from '../../gate-controller/config/load.ts';

/** The least that must be said: devices and the risk service. */
export const least = {
  devices: {
    mrzReader: { path: '/dev/a' },
    chipReader: { path: '/dev/b' },
    gateIO: { path: '/dev/c' },
    camera: { url: 'http://127.0.0.1:9/' },
  },
  risk: { url: 'http://127.0.0.1:9' },
};

/** Why a configuration is refused; empty when it is taken. */
export function problemsOf(value: unknown): readonly string[] {
  try {
    checkConfiguration(value);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}
