import { expect, test } from 'vitest';
import { parseCommandLine, UsageError } from '../../simulator/emrtd-tool/command-line.ts';
import { passportOf } from '../emrtd/simulated-document.ts';

test('three fields open a chip; whole lines of the zone are a zone', () => {
  const fields = parseCommandLine(['read', '--vpcd', '4000', '--mrz', 'l898902c<<</690806/940623']);
  expect(fields).toMatchObject({
    command: 'read',
    port: 4000,
    mrz: null,
    accessFields: { documentNumber: 'L898902C', birthDate: '690806', expiryDate: '940623' },
    can: null,
    wait_ms: 60_000,
  });
  const { mrzLines } = passportOf();
  const zone = parseCommandLine(['read', '--vpcd', '4000', '--mrz', mrzLines.join('/')]);
  expect(zone).toMatchObject({ mrz: { lines: mrzLines }, accessFields: null });
});

test('the CAN alone suffices', () => {
  expect(parseCommandLine(['read', '--vpcd', '4000', '--can', '123456'])).toMatchObject({ can: '123456', mrz: null });
});

test('a reader at another computer, and one with an IPv6 address, can be named', () => {
  const of = (vpcd: string): unknown => parseCommandLine(['chip', '--vpcd', vpcd, '--profile', 'bac-only']);
  expect(of('reader.example:35963')).toMatchObject({ host: 'reader.example', port: 35963 });
  expect(of('[::1]:35963')).toMatchObject({ host: '::1', port: 35963 });
});

test.each([
  [[], 'no command'],
  [['write'], 'no command "write"'],
  [['read', '--mrz', 'A/690806/940623'], '--vpcd wants a port'],
  [['read', '--vpcd', '70000', '--mrz', 'A/690806/940623'], '--vpcd wants a port'],
  [['read', '--vpcd', '4000'], '--mrz'],
  [['read', '--vpcd', '4000', '--mrz', 'A/690806'], 'DOC/YYMMDD/YYMMDD'],
  [['read', '--vpcd', '4000', '--mrz', 'A/690806/9406233'], 'DOC/YYMMDD/YYMMDD'],
  [['read', '--vpcd', '4000', '--mrz', 'A/690806/940623', '--can', '12345'], 'six digits'],
  [['read', '--vpcd', '4000', '--mrz', 'A/690806/940623', '--wait', '0'], '--wait'],
  [['read', '--vpcd', '4000', '--mrz', 'A/690806/940623', '--loud'], "'--loud'"],
  [['chip', '--profile', 'bac-only'], 'HOST:PORT'],
  [['chip', '--vpcd', 'nowhere', '--profile', 'bac-only'], 'HOST:PORT'],
  [['chip', '--vpcd', 'localhost:1'], '--profile'],
  [['chip', '--vpcd', 'localhost:1', '--profile', 'a', '--misbehaviour', 'b'], '--misbehaviour'],
  [['trust'], 'import or list'],
  [['trust', 'import', '--folder', 'x', '--by', 'y'], 'FILE'],
  [['trust', 'import', 'a', '--by', 'y'], '--folder'],
  [['trust', 'import', 'a', '--folder', 'x'], '--by'],
  [['trust', 'list'], '--folder'],
])('wrong use %j is refused in plain words', (argv, words) => {
  expect(() => parseCommandLine(argv)).toThrowError(UsageError);
  expect(() => parseCommandLine(argv)).toThrowError(words);
});

test('a zone with a wrong check digit is refused, and nothing of it is repeated', () => {
  const [first = '', second = ''] = passportOf().mrzLines;
  const wrong = `${second.slice(0, 9)}${(Number(second.charAt(9)) + 1) % 10}${second.slice(10)}`;
  let message = '';
  try {
    parseCommandLine(['read', '--vpcd', '4000', '--mrz', `${first}/${wrong}`]);
  } catch (error) {
    message = error instanceof UsageError ? error.message : '';
  }
  expect(message).toContain('check-digit');
  expect(message).not.toContain(second.slice(0, 9));
});
