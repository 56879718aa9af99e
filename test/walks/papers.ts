/** Documents and what is true of them: the walk knows what the lane has to find out. */
import { checkDigit } from '../../drivers/emrtd/mrz/mrz.ts';

/** What is wrong with the chip's data. */
export type Forgery = 'signature' | 'altered' | 'copied' | 'unknown-issuer';
/** How a chip behaves. */
export type ChipConduct = 'good' | 'absent' | 'silent' | 'vanishes' | 'deaf';

export type Papers = {
  readonly number: string;
  /** Whose face the chip shows. */
  readonly holder: string;
  readonly lines: readonly string[];
  /** The reader gets nothing, or rubbish, at so many tries. */
  readonly unreadableTries: number;
  readonly isExpired: boolean;
  readonly isMinor: boolean;
  readonly isIneligible: boolean;
  readonly forgery: Forgery | null;
  readonly chip: ChipConduct;
  readonly chip_ms: number;
};

/** True when nothing in these papers speaks against their holder. */
export const areSound = (papers: Papers): boolean =>
  !papers.isExpired && !papers.isMinor && !papers.isIneligible && papers.forgery === null && papers.chip === 'good';

type Printed = Pick<Papers, 'number' | 'isExpired' | 'isMinor' | 'isIneligible'>;

const withDigit = (field: string): string => field + checkDigit(field);

/** TD3 zone (ICAO 9303-4) of an invented holder; dates fit a walk that begins on 23 November 2026. */
export function zoneOf({ number, isExpired, isMinor, isIneligible }: Printed): readonly string[] {
  const name = `${isIneligible ? 'I<' : 'P<'}UTONOBODY<<WALKER`.padEnd(44, '<');
  const documentNumber = withDigit(number.padEnd(9, '<'));
  const birth = withDigit(isMinor ? '140211' : '850704');
  const expiry = withDigit(isExpired ? '260301' : '310915');
  const optional = withDigit('<'.repeat(14));
  const composite = checkDigit(documentNumber + birth + expiry + optional);
  return [name, `${documentNumber}UTO${birth}F${expiry}${optional}${composite}`];
}
