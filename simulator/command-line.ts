/** Options of `npm run simulator`: a configuration file, overruled by the command line. */
import { parseArgs } from 'node:util';

export type Settings = {
  readonly folder: string;
  readonly trust: string | null;
  readonly pages: string;
  readonly port: number;
  readonly cameraPort: number;
  readonly watchlistPort: number;
  readonly seed: number;
  readonly stream: boolean;
};

export const defaultSettings: Settings = {
  folder: '.cache/simulator',
  trust: null,
  pages: '.cache/pages/bench',
  port: 8090,
  cameraPort: 8091,
  watchlistPort: 8092,
  seed: 1,
  stream: false,
};

export const usage = `npm run simulator -- [options]

  --config FILE           JSON file with any of: folder, trust, pages, port, cameraPort, watchlistPort, seed, stream
  --folder DIR            where the serial ports get their names (default ${defaultSettings.folder})
  --trust DIR             where certificate and revocation list of the test issuer go (default DIR/trust)
  --pages DIR             the built bench page (default ${defaultSettings.pages})
  --port N                bench (default ${defaultSettings.port}; 0 = any free port)
  --camera-port N         camera (default ${defaultSettings.cameraPort}; 0 = any free port)
  --watchlist-port N      watchlist service (default ${defaultSettings.watchlistPort}; 0 = any free port)
  --seed N                0 to 4294967295 (default ${defaultSettings.seed})
  --stream, --no-stream   travellers come by themselves, or not (default)
  --document              a genuine document lies on the chip reader; its printed zone is shown
  --json                  standard output carries one line of JSON when everything is ready
  --stop-with-stdin       stop when standard input ends, as it does when the parent process dies
  --help`;

/** Something in the options is wrong; the message says what, in plain words. */
export class SettingsError extends Error {}

export type CommandLine = {
  readonly settings: Partial<Settings>;
  readonly config: string | null;
  readonly isJSON: boolean;
  readonly stopsWithStdin: boolean;
  readonly isHelp: boolean;
  /** A document lies on the chip reader from the start, for programs that read it without a gate around it. */
  readonly isDocumentLaid: boolean;
};

/** Throws SettingsError. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values } = parse(argv);
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  const given = {
    folder: values.folder,
    trust: values.trust,
    pages: values.pages,
    port: number(values.port),
    cameraPort: number(values['camera-port']),
    watchlistPort: number(values['watchlist-port']),
    seed: number(values.seed),
    stream: values.stream,
  };
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    settings: checkSettings(settings),
    config: values.config ?? null,
    isJSON: values.json ?? false,
    stopsWithStdin: values['stop-with-stdin'] ?? false,
    isHelp: values.help ?? false,
    isDocumentLaid: values.document ?? false,
  };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowNegative: true,
      options: {
        config: text,
        folder: text,
        trust: text,
        pages: text,
        port: text,
        'camera-port': text,
        'watchlist-port': text,
        seed: text,
        stream: flag,
        json: flag,
        'stop-with-stdin': flag,
        document: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : 'options cannot be read');
  }
}

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
const isPath = (value: unknown): boolean => typeof value === 'string' && value !== '';

const rules: Readonly<Record<keyof Settings, { readonly holds: (value: unknown) => boolean; readonly wants: string }>> =
  {
    folder: { holds: isPath, wants: 'the name of a folder' },
    trust: { holds: (value) => value === null || isPath(value), wants: 'the name of a folder, or null' },
    pages: { holds: isPath, wants: 'the name of a folder' },
    port: { holds: isPort, wants: 'a port number, 0 to 65535' },
    cameraPort: { holds: isPort, wants: 'a port number, 0 to 65535' },
    watchlistPort: { holds: isPort, wants: 'a port number, 0 to 65535' },
    seed: {
      holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
      wants: 'a whole number, 0 to 4294967295',
    },
    stream: { holds: (value) => typeof value === 'boolean', wants: 'true or false' },
  };

/** Throws SettingsError that names the setting and says what it wants. */
export function checkSettings(settings: unknown): Partial<Settings> {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new SettingsError('the configuration is not a JSON object');
  }
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(rules, name)) throw new SettingsError(`there is no setting "${name}"`);
    const rule = rules[name as keyof Settings];
    if (!rule.holds(value)) throw new SettingsError(`"${name}" wants ${rule.wants}`);
  }
  return settings;
}
