/** Risk services that know the holder, know nothing, or answer as they should not. */
import { watchlistedPerson } from './listed-persons.ts';
import { admitted, type Chapter, ordinary, referred } from './scenario.ts';

/** Decided in the cabin, like every other referral there: no outward sign tells a hit from anything else. */
const heldInside = ['capturing', 'held'] as const;

export const serviceScenarios = {
  'watchlist-hit': {
    ...ordinary(watchlistedPerson),
    title: 'The holder is on the watchlist under another spelling',
    covers: [41],
    expects: { ...referred('WATCHLIST_HIT'), states: heldInside, leftBy: 'entry' },
  },
  'risk-unavailable': {
    ...ordinary('p01'),
    title: 'The watchlist service answers nobody',
    covers: [43],
    faults: ['watchlist-unavailable'],
    expects: { ...referred('RISK_UNAVAILABLE'), states: heldInside },
  },
  'risk-silent': {
    ...ordinary('p02'),
    title: 'The watchlist service takes the question and never answers',
    covers: [43],
    faults: ['watchlist-hang'],
    expects: { ...referred('RISK_LATE'), states: heldInside },
  },
  'risk-late': {
    ...ordinary('p06'),
    title: 'The watchlist service answers after the deadline; the answer moves nothing',
    covers: [43],
    faults: ['watchlist-late'],
    expects: { ...referred('RISK_LATE'), states: heldInside },
  },
  'risk-truncated': {
    ...ordinary('p02'),
    title: 'The watchlist service’s answer breaks off',
    covers: [43],
    faults: ['watchlist-truncated'],
    expects: { ...referred('RISK_MALFORMED'), states: heldInside },
  },
  'risk-nonsense': {
    ...ordinary('p06'),
    title: 'The watchlist service answers with something else',
    covers: [43],
    faults: ['watchlist-nonsense'],
    expects: { ...referred('RISK_MALFORMED'), states: heldInside },
  },
  'risk-wrong-echo': {
    ...ordinary('p06'),
    title: 'The watchlist service answers a question that nobody asked',
    covers: [43],
    faults: ['watchlist-wrong-echo'],
    expects: { ...referred('RISK_MALFORMED'), states: heldInside },
  },
  'service-down': {
    ...ordinary('p02'),
    title: 'The watchlist service is down: the lane becomes assisted, an officer asks by hand and confirms',
    covers: [45],
    before: [
      { does: 'switch', fault: 'watchlist-unavailable', isOn: true },
      { does: 'watch', seen: { mode: 'assisted' } },
    ],
    acts: [
      { does: 'command', command: 'releaseToExit', seen: { step: 'held', offers: 'releaseToExit' } },
      { does: 'switch', fault: 'watchlist-unavailable', isOn: false, seen: { step: 'none', isHallEmpty: true } },
    ],
    expects: {
      outcome: 'released',
      reasons: ['RISK_UNAVAILABLE', 'OFFICER_CONFIRMATION_REQUIRED'],
      states: ['held', 'leaving'],
      leftBy: 'exit',
    },
  },
  'risk-slow': {
    ...ordinary('p08'),
    title: 'The watchlist service is slow, but in time',
    covers: [43],
    faults: ['watchlist-slow'],
    expects: admitted,
  },
} as const satisfies Chapter;
