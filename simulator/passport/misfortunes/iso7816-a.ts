/** Unit ISO7816_A: the eMRTD application is selected. */
import { EMRTD_APPLICATION, Instruction, StatusWord } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { type Answer, done } from '../chip-answer.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import { all, instruction, refusing, type When } from '../misbehaviour-ingredients.ts';
import type { Passport } from '../passport.ts';
import { profileNamed } from '../profiles.ts';
import { fileOf } from './document-files.ts';
import { unchanged } from './expectations.ts';
import type { Misfortune } from './misfortune.ts';

const profile = profileNamed('bac-only');
const application: When = all(instruction(Instruction.SELECT), ({ command }) => command?.p1 === 0x04);
const SELECT_FILE = 0x02;

export const iso7816A: readonly Misfortune[] = [
  {
    name: 'no-access-control',
    cases: ['ISO7816_A_01'],
    sentence: 'The chip asks for no password: its files can be read as soon as the application is selected.',
    profile,
    arrange: (workshop) => {
      const passport = workshop.issue(profile);
      return workshop.arrange(passport, { misbehaviour: withoutAccessControl(passport) });
    },
    expected: {
      checks: {
        'access-bac': 'not-supported ACCESS_PROTOCOL_UNSUPPORTED',
        'chip-access': 'not-supported ACCESS_PROTOCOL_UNSUPPORTED',
      },
    },
    openDefect: 'ICAO 9303-11 section 4.2: no Basic Access Control where the chip enforces none; the reader ends there',
  },
  {
    name: 'basic-access-control',
    cases: ['ISO7816_A_02'],
    sentence: 'A genuine document that is opened by Basic Access Control.',
    profile,
    arrange: (workshop) => workshop.arrange(workshop.issue(profile)),
    expected: unchanged,
  },
  {
    name: 'application-refused',
    cases: ['ISO7816_A_03'],
    sentence: 'The chip says that it does not know the eMRTD application.',
    profile,
    arrange: (workshop) =>
      workshop.arrange(workshop.issue(profile), { misbehaviour: refusing(application, StatusWord.FILE_NOT_FOUND) }),
    expected: {
      aborted: 'APPLICATION_ABSENT',
      checks: { 'chip-access': 'failed APPLICATION_ABSENT' },
      kept: ['access-pace'],
    },
  },
];

/** Gives the files of the application to everybody and knows no command of Basic Access Control. */
function withoutAccessControl(passport: Passport): Misbehaviour {
  let current: Uint8Array | undefined;
  let isSelected = false;
  return {
    answer: ({ command }, honest): Answer => {
      if (command?.ins === Instruction.GET_CHALLENGE) return { statusWord: StatusWord.INSTRUCTION_NOT_SUPPORTED };
      if (command?.ins === Instruction.SELECT && command.p1 === 0x04) {
        isSelected = Buffer.compare(command.data ?? new Uint8Array(0), EMRTD_APPLICATION) === 0;
      }
      if (!isSelected || command === undefined) return honest();
      if (command.ins === Instruction.SELECT && command.p1 === SELECT_FILE) {
        const [high = 0, low = 0] = command.data ?? [];
        const id = high * 256 + low;
        current = passport.files.has(id) ? fileOf(passport.files, id) : undefined;
        return current === undefined ? { statusWord: StatusWord.FILE_NOT_FOUND } : done;
      }
      if (command.ins !== Instruction.READ_BINARY || command.p1 >= 0x80) return honest();
      const at = command.p1 * 256 + command.p2;
      const data = current?.subarray(at, at + (command.le ?? 0));
      return data === undefined ? honest() : { ...done, data };
    },
  };
}
