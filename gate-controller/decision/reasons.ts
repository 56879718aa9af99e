/**
 * Why a traveller is referred to an officer. The gate refuses nobody: it admits or refers, officers decide.
 * Codes are stable and never reused. `exception` follows the exception catalogue of the Frontex operational guideline, section 3.8.
 */
export type ReasonSeverity = 'high' | 'normal' | 'low';

/** The sixteen named exceptions: 1 to 13 of the guideline, 14 to 16 from officers' practice (border-control literature). */
export const exceptionTypes = {
  'system-malfunction': 'System malfunction',
  'out-of-service': 'Gate out of service',
  tailgating: 'Tailgating',
  minor: 'Minor',
  'needs-assistance': 'Traveller who needs assistance',
  trespassing: 'Trespassing',
  'not-eligible': 'Not eligible for the gate',
  'document-placement': 'Document wrongly placed',
  'non-cooperative': 'Non-cooperative behaviour',
  'chip-anomaly': 'Anomaly of the chip',
  'database-hit': 'Database hit',
  'failed-biometrics': 'Failed biometric verification',
  'document-features': 'Wrong or missing feature of the document',
  'multiple-use': 'Multiple use of a document',
  'several-persons': 'More than one traveller in the gate',
  'manual-opening': 'Exit opened by hand',
} as const;

export type ExceptionType = keyof typeof exceptionTypes;

type Reason = {
  readonly title: string;
  readonly advice: string;
  readonly severity: ReasonSeverity;
  readonly exception: ExceptionType;
};

export const reasons = {
  DOCUMENT_UNREADABLE: {
    title: 'The printed zone could not be read in three tries.',
    advice: 'Read the document at the desk.',
    severity: 'low',
    exception: 'document-placement',
  },
  MRZ_CHECK_DIGIT_WRONG: {
    title: 'A check digit of the printed zone is wrong.',
    advice: 'Compare the printed zone with the data page; suspect alteration.',
    severity: 'normal',
    exception: 'document-features',
  },
  DOCUMENT_TYPE_NOT_ELIGIBLE: {
    title: 'This kind of document may not use the gate.',
    advice: 'Carry out the ordinary control at the desk.',
    severity: 'low',
    exception: 'not-eligible',
  },
  DOCUMENT_EXPIRED: {
    title: 'The document has expired.',
    advice: 'Carry out the ordinary control at the desk.',
    severity: 'normal',
    exception: 'not-eligible',
  },
  NATIONALITY_NOT_ELIGIBLE: {
    title: 'Travellers of this nationality may not use the gate.',
    advice: 'Carry out the ordinary control at the desk.',
    severity: 'low',
    exception: 'not-eligible',
  },
  AGE_NOT_ELIGIBLE: {
    title: 'The traveller is below the age for the gate, or the age is not certain.',
    advice: 'Check custody of the accompanying adult; control at the desk.',
    severity: 'low',
    exception: 'minor',
  },
  CHIP_NOT_READ: {
    title: 'The chip did not answer, or was taken away while it was read.',
    advice: 'Read the document at the desk; a dead chip alone does not make it false.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  CHIP_ACCESS_REFUSED: {
    title: 'The chip refused the key of the printed zone.',
    advice: 'Printed zone and chip may not belong together: examine the document.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  CHIP_DATA_MALFORMED: {
    title: 'The chip answered with data that obey no standard.',
    advice: 'Examine the document; report the issuer and document number range to the technicians.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  DOCUMENT_ALTERED: {
    title: 'Chip data differ from what the issuer signed.',
    advice: 'Hold the document; suspect forgery.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  DOCUMENT_SIGNATURE_INVALID: {
    title: 'The signature over the chip data is wrong.',
    advice: 'Hold the document; suspect forgery.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  ISSUER_UNKNOWN: {
    title: 'No trusted certificate of the issuer is known, so the chip cannot be verified.',
    advice: 'Not a sign of forgery. Control at the desk; ask for the issuer’s certificate.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  ISSUER_CERTIFICATE_INVALID: {
    title: 'The signer’s certificate is not valid now, or not from this issuer.',
    advice: 'Control at the desk; compare with the lists of known defects.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  SIGNER_REVOKED: {
    title: 'The signer’s certificate has been revoked, or a list of defects doubts it.',
    advice: 'Hold the document and ask second line.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  REVOCATION_UNKNOWN: {
    title: 'Whether the signer’s certificate has been revoked is not known, and this lane requires it.',
    advice: 'Not a sign of forgery. Control at the desk; ask for a new revocation list of the issuer.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  CHIP_NOT_GENUINE: {
    title: 'The chip is a copy: its data are signed, but it does not hold the key of the original.',
    advice: 'Suspect a copied chip; hold the document.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  CHIP_AUTHENTICITY_UNPROVEN: {
    title: 'The chip did not prove that it is the original, and this lane requires it.',
    advice: 'Not a proof of a copy: examine the document at the desk.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  MRZ_DIFFERS_FROM_CHIP: {
    title: 'Printed zone and chip name different data.',
    advice: 'Compare data page and chip field by field; suspect alteration.',
    severity: 'high',
    exception: 'document-features',
  },
  DOCUMENT_LEFT_ON_READER: {
    title: 'The document was not taken from the reader.',
    advice: 'Bring the traveller and the document together.',
    severity: 'low',
    exception: 'document-placement',
  },
  PORTRAIT_UNUSABLE: {
    title: 'The portrait in the chip cannot be used for a comparison.',
    advice: 'Compare the face with the data page yourself.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  PORTRAIT_TOO_SMALL: {
    title: 'The face in the chip’s portrait is too small for a comparison.',
    advice: 'Compare the face with the data page yourself.',
    severity: 'normal',
    exception: 'chip-anomaly',
  },
  PORTRAIT_NO_FACE: {
    title: 'No face was found in the chip’s portrait.',
    advice: 'Look at the portrait and compare with the data page; suspect a wrong or altered picture.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  PORTRAIT_SEVERAL_FACES: {
    title: 'The chip’s portrait shows more than one face.',
    advice: 'Look at the portrait and compare with the data page; suspect a wrong or altered picture.',
    severity: 'high',
    exception: 'chip-anomaly',
  },
  FACE_NOT_CAPTURED: {
    title: 'No usable picture of the face could be taken in time.',
    advice: 'Ask the traveller to uncover the face, or compare yourself.',
    severity: 'normal',
    exception: 'failed-biometrics',
  },
  FACE_NOT_COMPARED: {
    title: 'The face could not be compared: the face engine did not answer.',
    advice: 'Compare face and portrait yourself.',
    severity: 'normal',
    exception: 'failed-biometrics',
  },
  FACE_MISMATCH: {
    title: 'The face is not similar enough to the portrait in the chip.',
    advice: 'Compare face and portrait yourself; suspect an impostor.',
    severity: 'high',
    exception: 'failed-biometrics',
  },
  CAMERA_UNUSABLE: {
    title: 'The camera sent old, repeated or broken pictures.',
    advice: 'Compare face and portrait yourself; call a technician to the camera, and look whether anything covers it.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  PRESENTATION_ATTACK_SUSPECTED: {
    title: 'The camera may have seen a picture, a screen or a mask in place of a living face.',
    advice:
      'Look at the live picture, then at the traveller: what did they hold or wear? Compare face and portrait yourself.',
    severity: 'high',
    exception: 'failed-biometrics',
  },
  ATTACK_NOT_RULED_OUT: {
    title: 'Whether a living face stood before the camera could not be told.',
    advice: 'Look at the live picture, then at the traveller, and compare face and portrait yourself.',
    severity: 'normal',
    exception: 'failed-biometrics',
  },
  MORPH_NOT_EXAMINED: {
    title: 'Whether the portrait is a mixture of two faces was not examined, and this lane requires it.',
    advice: 'Compare face and portrait feature by feature yourself.',
    severity: 'normal',
    exception: 'failed-biometrics',
  },
  TAILGATING: {
    title: 'More than one person was in the cabin.',
    advice: 'Separate the travellers; let each come alone.',
    severity: 'high',
    exception: 'tailgating',
  },
  OCCUPANCY_UNKNOWN: {
    title: 'It is not certain that exactly one person was in the cabin.',
    advice: 'Look into the cabin before anything else.',
    severity: 'normal',
    exception: 'several-persons',
  },
  WATCHLIST_HIT: {
    title: 'A risk service knows a person who may be the holder.',
    advice: 'Compare the candidate’s features with the holder before you speak to the traveller.',
    severity: 'high',
    exception: 'database-hit',
  },
  RISK_UNAVAILABLE: {
    title: 'A risk service answered with an error or could not be reached.',
    advice: 'Ask the service by hand before you decide.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  RISK_LATE: {
    title: 'A risk service did not answer in time.',
    advice: 'Ask the service by hand before you decide.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  RISK_MALFORMED: {
    title: 'A risk service gave an answer that cannot be trusted.',
    advice: 'Ask the service by hand and tell the technicians.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  TRAVELLER_DID_NOT_LEAVE: {
    title: 'The traveller did not leave through the open exit.',
    advice: 'Speak to the traveller; the permission to leave is void.',
    severity: 'normal',
    exception: 'non-cooperative',
  },
  DOOR_NOT_OPENING: {
    title: 'A door did not open when asked to.',
    advice: 'Help the traveller; call a technician.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  DOOR_NOT_CLOSING: {
    title: 'The entry door could not close behind the traveller.',
    advice: 'Look for an obstacle in the door.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  DEVICE_FAULT: {
    title: 'A device of the gate failed during the passage.',
    advice: 'Control the traveller at the desk; the lane is out of service.',
    severity: 'normal',
    exception: 'system-malfunction',
  },
  TRANSACTION_TOO_LONG: {
    title: 'The passage took longer than allowed.',
    advice: 'Control the traveller at the desk.',
    severity: 'normal',
    exception: 'non-cooperative',
  },
  DOCUMENT_USED_AGAIN: {
    title: 'This document let somebody through here a moment ago.',
    advice: 'Find out who went before and who stands here now; the document may have been passed back.',
    severity: 'high',
    exception: 'multiple-use',
  },
  TOKEN_NOT_REDEEMED: {
    title: 'The traveller was checked at the kiosk and did not come to the gate in time.',
    advice: 'Let the traveller start again at the kiosk.',
    severity: 'low',
    exception: 'non-cooperative',
  },
  COMPANION_PROCEDURE: {
    title: 'An officer allowed somebody to come along.',
    advice: 'Control the companion at the desk before you open the exit for both.',
    severity: 'low',
    exception: 'several-persons',
  },
  HELP_REQUESTED: {
    title: 'The traveller pressed the help button.',
    advice: 'Speak to the traveller now.',
    severity: 'normal',
    exception: 'needs-assistance',
  },
  OFFICER_CONFIRMATION_REQUIRED: {
    title: 'The lane is in assisted mode: an officer confirms every passage.',
    advice: 'Look at the checks, then at the traveller, and release if all is in order.',
    severity: 'low',
    exception: 'manual-opening',
  },
  TRAVELLER_REFUSES_TO_GO: {
    title: 'The traveller stays in the cabin although the entry stands open.',
    advice: 'Go to the gate and speak to the traveller; no door is closed on them.',
    severity: 'high',
    exception: 'non-cooperative',
  },
  REVERSE_ENTRY: {
    title: 'Somebody came into the cabin through the exit.',
    advice:
      'Go to the gate. The lane is locked; let the person out to the side they came from, never through the entry.',
    severity: 'high',
    exception: 'trespassing',
  },
  DOOR_FORCED: {
    title: 'A door came open although nothing had asked it to.',
    advice: 'Go to the gate and look who went through; the lane is locked.',
    severity: 'high',
    exception: 'manual-opening',
  },
  LANE_LOCKED_DOWN: {
    title: 'The lane was locked down during the passage.',
    advice: 'Look who is in the cabin before anything is opened.',
    severity: 'high',
    exception: 'out-of-service',
  },
  CHECK_MISSING: {
    title: 'A required check has no result.',
    advice: 'Carry out the ordinary control; tell the technicians.',
    severity: 'high',
    exception: 'system-malfunction',
  },
} as const satisfies Record<string, Reason>;

export type ReferralReason = keyof typeof reasons;

/** Why a passage ended without a decision of the gate. These are no referrals. */
export const interruptions = {
  TRAVELLER_WITHDREW: 'The traveller went away before the decision.',
  CONTROLLER_RESTARTED: 'The controller restarted during the passage; nothing of it is resumed.',
  EVACUATION: 'Fire alarm or emergency release.',
} as const;

export type Interruption = keyof typeof interruptions;
