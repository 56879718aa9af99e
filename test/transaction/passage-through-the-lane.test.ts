import { describe, expect, test } from 'vitest';
import { attackOf, passedChipChecks } from '../decision/evidence-samples.ts';
import { Drive } from './drive.ts';

describe('a genuine traveller', () => {
  test('is inspected, let in, compared, admitted and let out', () => {
    const drive = new Drive();
    expect(drive.state).toBe('inspectingDocument');
    expect(drive.take()).toEqual(['askRisk', 'inspectDocument']);
    drive.riskClear().inspected();
    expect(drive.state).toBe('awaitingRemoval');
    expect(drive.take()).toEqual(['stopInspection', 'prepareReference']);
    drive.tell({ type: 'DOCUMENT_TAKEN' });
    expect(drive.take()).toEqual(['openEntry']);
    drive.hall({ entry: 'open' }).hall({ isCabinOccupied: true });
    expect(drive.state).toBe('separating');
    expect(drive.take()).toEqual(['closeEntry']);
    drive.hall({ entry: 'closed' });
    expect(drive.take()).toEqual(['captureFace']);
    drive
      .tell({
        type: 'REFERENCE_PREPARED',
        portrait: { status: 'measured', value: { interEye_px: 90, remarks: [] }, at_ms: 0, by: 'test' },
      })
      .faceVerified();
    expect(drive.state).toBe('leaving');
    expect(drive.context.decision).toBe('admit');
    expect(drive.take()).toEqual(['stopCapture', 'openExit', 'announceLeaving']);
    drive
      .hall({ exit: 'open' })
      .hall({ isExitFree: false })
      .hall({ isCabinOccupied: false })
      .hall({ isExitFree: true });
    expect(drive.take()).toEqual(['closeExit']);
    drive.hall({ exit: 'closed' });
    expect(drive.state).toBe('admitted');
  });

  test('waits for the risk service with the exit shut', () => {
    const drive = new Drive().toCapturing().faceVerified();
    expect(drive.state).toBe('joiningRisk');
    expect(drive.take()).not.toContain('openExit');
    drive.riskClear();
    expect(drive.state).toBe('leaving');
  });
});

describe('the exit stays shut', () => {
  const heldWith = (drive: Drive): readonly string[] => {
    // The officer knows at once; the traveller sees a referral when its time has come, whatever its reason (I10).
    expect(drive.state).toBe('concealing');
    const asked = drive.tell({ type: 'VERDICT_DUE' }).take();
    expect(drive.state).toBe('held');
    expect(asked).toContain('callOfficer');
    expect(asked).not.toContain('openExit');
    return drive.context.reasons;
  };

  test('for an impostor', () => {
    expect(heldWith(new Drive().riskClear().toCapturing().faceVerified(0.3))).toEqual(['FACE_MISMATCH']);
  });

  test('when the face engine answers with nothing', () => {
    const drive = new Drive().riskClear().toCapturing().timeOut('capture', 'capturing');
    expect(heldWith(drive)).toEqual(['FACE_NOT_CAPTURED']);
  });

  test('when the risk service is late, and its late answer changes nothing', () => {
    const drive = new Drive().toCapturing().faceVerified().tell({ type: 'RISK_DEADLINE' });
    expect(heldWith(drive)).toEqual(['RISK_LATE']);
    drive.riskClear();
    expect(drive.state).toBe('held');
    expect(drive.context.reasons).toEqual(['RISK_LATE']);
  });

  test('for a hit, and only after the face was compared, so that nothing tells it from another referral (I10)', () => {
    const hit = {
      status: 'measured',
      value: { verdict: 'hit', candidates: 1, topScore: 0.9 },
      at_ms: 0,
      by: 't',
    } as const;
    const drive = new Drive().tell({ type: 'RISK_ANSWERED', risk: hit }).toCapturing();
    expect(drive.state).toBe('capturing');
    expect(heldWith(drive.faceVerified())).toEqual(['WATCHLIST_HIT']);
  });

  test.each([
    ['PRESENTATION_ATTACK_SUSPECTED', 'attack'],
    ['ATTACK_NOT_RULED_OUT', 'undetermined'],
  ] as const)('for %s, on the same way as for any other reason (I10)', (reason, verdict) => {
    const toHeld = (drive: Drive) => {
      const asked = drive.take();
      return [drive.state, asked, drive.tell({ type: 'VERDICT_DUE' }).state, drive.take()];
    };
    const attack = new Drive().riskClear().toCapturing();
    attack.take();
    const mismatch = new Drive().riskClear().toCapturing();
    mismatch.take();
    const seen = toHeld(attack.faceVerified(0.7, attackOf(verdict)));
    expect(seen).toEqual(toHeld(mismatch.faceVerified(0.3)));
    expect(attack.context.reasons).toEqual([reason]);
  });

  test.each([{ entry: 'between' as const }, { isCabinOccupied: false }])(
    'once %o broke the stay in the cabin, whoever stands there afterwards',
    (broken) => {
      const drive = new Drive().toCapturing().faceVerified().hall(broken);
      expect(drive.state).toBe(broken.isCabinOccupied === false ? 'referred' : 'returning');
      expect(drive.context.reasons).toEqual(['OCCUPANCY_UNKNOWN']);
      if (drive.snapshot.status === 'active') drive.hall({ entry: 'closed', isCabinOccupied: true }).riskClear();
      expect(drive.take()).not.toContain('openExit');
    },
  );
});

describe('the entry stays shut', () => {
  test('for an altered document', () => {
    const checks = passedChipChecks.map((c) =>
      c.id === 'data-group-2-hash' ? { ...c, result: 'failed' as const } : c,
    );
    const drive = new Drive().inspected(checks);
    expect(drive.state).toBe('redirecting');
    expect(drive.context.reasons).toEqual(['DOCUMENT_ALTERED']);
    expect(drive.take()).not.toContain('openEntry');
    drive.timeOut('redirect', 'redirecting');
    expect(drive.state).toBe('referred');
  });

  test('for a chip that is never inspected in time', () => {
    const drive = new Drive().timeOut('chip', 'inspectingDocument');
    expect(drive.context.reasons).toEqual(['CHIP_NOT_READ']);
    expect(drive.state).toBe('redirecting');
  });

  test('until the document has been taken from the reader', () => {
    const drive = new Drive().inspected();
    expect(drive.take()).not.toContain('openEntry');
    drive.timeOut('removal', 'awaitingRemoval');
    expect(drive.context.reasons).toEqual(['DOCUMENT_LEFT_ON_READER']);
  });

  test('after three zones that could not be read', () => {
    const unreadable = { status: 'unavailable', because: 'MRZ_CHECK_DIGIT' } as const;
    const drive = new Drive(unreadable);
    expect(drive.state).toBe('awaitingDocument');
    drive.tell({ type: 'DOCUMENT_PRESENTED', presentationId: 'p', mrz: unreadable });
    expect(drive.state).toBe('awaitingDocument');
    drive.tell({ type: 'DOCUMENT_PRESENTED', presentationId: 'p', mrz: unreadable });
    expect(drive.state).toBe('redirecting');
    expect(drive.context.reasons).toEqual(['MRZ_CHECK_DIGIT_WRONG']);
  });
});

describe('a second person', () => {
  test('is sent back once, and then the traveller goes on alone', () => {
    const drive = new Drive()
      .riskClear()
      .toEntering()
      .hall({ entry: 'open', isCabinOccupied: true, isSecondPersonSeen: true });
    expect(drive.state).toBe('clearingTailgate');
    drive.hall({ isSecondPersonSeen: false });
    expect(drive.state).toBe('separating');
    drive.hall({ entry: 'closed' }).faceVerified();
    expect(drive.state).toBe('leaving');
  });

  test('who slips in twice is a referral with the way back open and the exit shut', () => {
    const drive = new Drive()
      .riskClear()
      .toEntering()
      .hall({ entry: 'open', isCabinOccupied: true, isSecondPersonSeen: true });
    drive.hall({ isSecondPersonSeen: false }).hall({ isSecondPersonSeen: true });
    expect(drive.state).toBe('returning');
    expect(drive.context.reasons).toEqual(['TAILGATING']);
    expect(drive.take()).not.toContain('openExit');
  });

  test('who stays is a referral', () => {
    const drive = new Drive().toEntering().hall({ entry: 'open', isCabinOccupied: true, isSecondPersonSeen: true });
    drive.timeOut('tailgate', 'clearingTailgate');
    expect(drive.context.reasons).toEqual(['TAILGATING']);
    drive.hall({ isCabinOccupied: false, isSecondPersonSeen: false }).hall({ entry: 'closed' });
    expect(drive.state).toBe('referred');
  });

  test('seen while the face is compared ends the comparison', () => {
    const drive = new Drive().riskClear().toCapturing();
    drive.take();
    drive.hall({ isSecondPersonSeen: true });
    expect(drive.take()).toEqual(['stopCapture', 'closeExit', 'callOfficer', 'openEntry']);
    expect(drive.context.reasons).toEqual(['TAILGATING']);
  });
});

describe('whoever is held in the cabin', () => {
  const held = () => new Drive().riskClear().toCapturing().tell({ type: 'VERDICT_DUE' }).faceVerified(0.1);

  test('is released by an officer, and the record says released', () => {
    const drive = held().officer({ type: 'OFFICER_RELEASED' });
    expect(drive.state).toBe('leaving');
    expect(drive.take()).toContain('openExit');
    drive.hall({ exit: 'open' }).hall({ isCabinOccupied: false }).hall({ exit: 'closed' });
    expect(drive.state).toBe('released');
    expect(drive.context.reasons).toEqual(['FACE_MISMATCH']);
  });

  test('is let back to the entry side by an officer', () => {
    const drive = held().officer({ type: 'OFFICER_RETURNED' });
    expect(drive.take()).toContain('openEntry');
    drive.hall({ entry: 'open' }).hall({ isCabinOccupied: false }).hall({ entry: 'closed' });
    expect(drive.state).toBe('referred');
  });

  test('is let back to the entry side when no officer comes', () => {
    const drive = held().timeOut('escalate', 'held.waiting');
    expect(drive.take()).toContain('escalate');
    drive.timeOut('hold', 'held');
    expect(drive.state).toBe('returning');
  });

  test('and does not walk out keeps an open entry behind the end of the passage', () => {
    const drive = held().timeOut('hold', 'held');
    drive.take();
    drive.timeOut('return', 'returning');
    expect(drive.state).toBe('referred');
    expect(drive.take()).not.toContain('closeEntry');
  });

  test('gets a new release only from a new word: one that was not used is void', () => {
    const drive = held().officer({ type: 'OFFICER_RELEASED' });
    drive.timeOut('door', 'leaving.opening');
    expect(drive.state).toBe('held');
    expect(drive.context.release).toBeNull();
  });
});

test('somebody who steps in again and again does not keep the case open', () => {
  const drive = new Drive().toCapturing().tell({ type: 'LANE_FAULTED', codes: ['camera:CAMERA_NO_FRAMES'] });
  drive.take();
  for (let round = 0; round < 5; round += 1) {
    drive.hall({ entry: 'open', isCabinOccupied: false }).hall({ isCabinOccupied: true });
  }
  expect(drive.take().filter((name) => name === 'openEntry').length).toBe(5);
  drive.timeOut('return', 'returning');
  expect(drive.state).toBe('referred');
});

test('a reading that is lost for a moment at the decision does not refer a sound traveller', () => {
  const drive = new Drive().riskClear().toCapturing().hall({ isKnown: false }).faceVerified();
  expect(drive.state).toBe('joiningRisk');
  drive.hall({ isKnown: true });
  expect(drive.state).toBe('leaving');
});

describe('an admitted traveller', () => {
  const leaving = () => new Drive().riskClear().toCapturing().faceVerified();

  test('who does not leave loses the permission to', () => {
    const drive = leaving().hall({ exit: 'open' }).timeOut('leave', 'leaving.walking');
    expect(drive.state).toBe('held');
    expect(drive.context.decision).toBe('refer');
    expect(drive.context.reasons).toEqual(['TRAVELLER_DID_NOT_LEAVE']);
  });

  test('is alone until the exit is open: a second person voids the permission', () => {
    const drive = leaving().hall({ isSecondPersonSeen: true });
    expect(drive.state).toBe('held');
    expect(drive.context.reasons).toEqual(['TAILGATING']);
    expect(drive.take()).toContain('closeExit');
  });

  test('who comes back through the closing exit is looked at', () => {
    const drive = leaving().hall({ exit: 'open' }).hall({ isCabinOccupied: false });
    expect(drive.state).toBe('closingExit');
    drive.hall({ isCabinOccupied: true });
    expect(drive.state).toBe('held');
    expect(drive.take()).toContain('callOfficer');
  });
});

test('a document laid down again is not taken: the entry stays shut until it is', () => {
  const drive = new Drive().tell({ type: 'DOCUMENT_TAKEN' }).tell({ type: 'DOCUMENT_PLACED' }).inspected();
  expect(drive.state).toBe('awaitingRemoval');
  drive.tell({ type: 'DOCUMENT_TAKEN' });
  expect(drive.state).toBe('entering');
});

test('an officer’s word is worth nothing before the traveller is held', () => {
  const drive = new Drive().toCapturing();
  drive.officer({ type: 'OFFICER_RELEASED' });
  expect(drive.state).toBe('capturing');
  expect(drive.context.release).toBeNull();
});

test.each(['RESTARTED', 'EVACUATION_BEGAN'] as const)(
  '%s ends the passage from every state without moving a door',
  (type) => {
    const drives = [
      new Drive(),
      new Drive().inspected(),
      new Drive().toEntering(),
      new Drive().toCapturing(),
      new Drive().toCapturing().faceVerified(),
      new Drive().riskClear().toCapturing().faceVerified(),
      new Drive().riskClear().toCapturing().faceVerified(0.1),
    ];
    for (const drive of drives) {
      drive.take();
      drive.tell({ type });
      expect(drive.state).toBe('interrupted');
      expect(drive.take().filter((name) => /open|close/.test(name))).toEqual([]);
    }
  },
);

test('a device that fails while the traveller is inside opens the way back', () => {
  const drive = new Drive().toCapturing().tell({ type: 'LANE_FAULTED', codes: ['camera:CAMERA_NO_FRAMES'] });
  expect(drive.state).toBe('returning');
  expect(drive.context.reasons).toContain('DEVICE_FAULT');
});
