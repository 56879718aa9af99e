/** What is true of a traveller, against what stands in the record of the passage. */
import type { TransactionContext } from '../../gate-controller/transaction/context.ts';
import { areSound } from './papers.ts';
import type { Traveller } from './plan.ts';
import type { RiskConduct } from './risk-service.ts';

type Truth = readonly [holds: boolean, otherwise: string];

const worthless: readonly RiskConduct[] = ['hang', 'error', 'truncated', 'late', 'wrong-echo'];

/** Each must hold of whoever is admitted (I11). */
export const truthsFor = (traveller: Traveller, context: TransactionContext): readonly Truth[] => [
  [areSound(traveller.papers), 'the document is not in order'],
  [!traveller.isImpostor && !traveller.isAttack, 'the face is somebody else’s'],
  [!traveller.isHit, 'the watchlist knows the holder'],
  [!worthless.includes(traveller.risk), 'no valid answer about the holder'],
  [isOwnFace(context, traveller), 'the face was compared for somebody else'],
];

/** What is said of a traveller is true of this one: no result belongs to somebody before (I8). */
export function findingsOf({ isHit, papers }: Traveller, { reasons, evidence }: TransactionContext): readonly Truth[] {
  const isForged = papers.forgery !== null;
  const portrait = evidence.face?.portrait;
  const isOwnPortrait = portrait?.status !== 'measured' || portrait.by === `walk:${papers.holder}`;
  const saysForged = reasons.includes('DOCUMENT_ALTERED') || reasons.includes('DOCUMENT_SIGNATURE_INVALID');
  return [
    [isHit || !reasons.includes('WATCHLIST_HIT'), 'a hit of somebody else'],
    [isForged || !saysForged, 'a forgery of somebody else'],
    [isOwnPortrait, 'a portrait of somebody else'],
  ];
}

/** Whose face was compared with whose picture. */
function isOwnFace({ evidence }: TransactionContext, { id, papers }: Traveller): boolean {
  const similarity = evidence.face?.similarity;
  return similarity?.status === 'measured' && similarity.by === `walk:${papers.holder}:${id}`;
}
