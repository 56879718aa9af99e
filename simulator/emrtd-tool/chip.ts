/** Connects a simulated chip to somebody's reader. */
import { randomBytes } from 'node:crypto';
import { plausibleTiming } from '../passport/chip-timing.ts';
import { misfortuneNamed, misfortunes } from '../passport/misfortunes/catalogue.ts';
import type { Arrangement } from '../passport/misfortunes/misfortune.ts';
import { Workshop } from '../passport/misfortunes/workshop.ts';
import { createPassportChip } from '../passport/passport-chip.ts';
import { profileNamed, profileNames } from '../passport/profiles.ts';
import { identityOf } from '../scenarios/identities.ts';
import { provisionPhotographs } from '../travellers/photographs.ts';
import { portraitOf } from '../travellers/portraits.ts';
import { connectVpcdChip, type VpcdEnd } from '../devices/vpcd-chip.ts';
import { type ChipCommand, UsageError } from './command-line.ts';
import type { Surroundings } from './surroundings.ts';
import { giveTrust } from './trust.ts';

const holder = 'p01';

const ends: Readonly<Record<VpcdEnd, string>> = {
  'reader-hung-up': 'the reader hung up',
  removed: 'the chip was taken away',
  'chip-silent': 'the chip fell silent, as it should, and left',
  'protocol-error': 'the other end does not speak the vpcd protocol',
};

const entropy = (bytes: number): Uint8Array => Uint8Array.from(randomBytes(bytes));

/** 0 when the reader hung up or the command was stopped; 1 when the other end was none. */
export async function chip(command: ChipCommand, { say, complain, signal }: Surroundings): Promise<number> {
  const arrange = arrangementOf(command.document);
  const arrangement = arrange(await openWorkshop());
  const { passport, misbehaviour } = arrangement;
  if (command.trust !== null) await giveTrust(command.trust, arrangement);
  const simulated = createPassportChip(passport, {
    kind: 'type-a',
    entropy,
    processing_ms: plausibleTiming,
    ...(misbehaviour !== undefined && { misbehaviour }),
  });
  const { host, port } = command;
  const connected = await connectVpcdChip(simulated, { host, port });
  say(`connected to ${host}:${port} as ${command.document.name}`);
  for (const line of passport.mrzLines) say(line);
  if (passport.can !== null) say(`CAN ${passport.can}`);
  const stop = (): void => connected.remove();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const end = await connected.ended;
  signal.removeEventListener('abort', stop);
  complain(`${ends[end]} after ${connected.apdus} APDUs`);
  return end === 'protocol-error' ? 1 : 0;
}

export function listChips({ say }: Surroundings): number {
  say('profiles:');
  for (const name of profileNames) say(`  ${name}`);
  say('misbehaviours:');
  const width = Math.max(...misfortunes.map(({ name }) => name.length));
  for (const { name, sentence } of misfortunes) say(`  ${name.padEnd(width)}  ${sentence}`);
  return 0;
}

/** Throws UsageError for a name that is not on the list. */
function arrangementOf({ by, name }: ChipCommand['document']): (workshop: Workshop) => Arrangement {
  if (by === 'misbehaviour') {
    const misfortune = misfortuneNamed(name);
    if (misfortune !== undefined) return (workshop) => misfortune.arrange(workshop);
  } else {
    const profile = profileNames.find((known) => known === name);
    if (profile !== undefined) return (workshop) => workshop.arrange(workshop.issue(profileNamed(profile)));
  }
  throw new UsageError(`there is no ${by} "${name}"; chip --list names them`);
}

/** Documents of an invented holder, signed by an issuer that is new each time. */
async function openWorkshop(): Promise<Workshop> {
  await provisionPhotographs();
  const now_ms = Date.now();
  return new Workshop({
    now_ms,
    entropy,
    holder: identityOf(holder, new Date(now_ms)),
    portrait: await portraitOf(holder),
  });
}
