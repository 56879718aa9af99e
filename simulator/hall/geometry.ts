/** The lane along its length. All positions in millimetres from the entry door; negative is the public hall. */
export const lane = {
  /** Exit door. */
  exit_mm: 2000,
  /** How far the public hall and the far side reach from their doors. */
  hall_mm: 3000,
  /** Where a traveller stands at the document reader. */
  reader_mm: -900,
  /** Where a traveller stands to be captured. */
  mark_mm: 1300,
  /** The camera, beside the exit door, looking towards the entry. */
  camera_mm: 1950,
  /** Light barriers before the entry door and behind the exit door. */
  entryBeam_mm: -350,
  exitBeam_mm: 2350,
  /** A closing zone reaches this far on both sides of its door's plane. */
  closingZone_mm: 250,
  /** Chamber front and chamber rear sensors: their borders. */
  chamberFrom_mm: 100,
  chamberMiddle_mm: 1000,
  chamberTo_mm: 1900,
} as const;

/** A person with elbows and bag, along the lane. */
export const bodyWidth_mm = 450;
/** Bodies keep at least this much apart. */
export const bodyGap_mm = 60;

/** Full travel of a leaf at normal speed. */
export const opening_ms = 1200;
export const closing_ms = 1500;
/** A body gets through from this opening on; a leaf that closes on a body in its plane rests at this opening. */
export const passable_percent = 60;
export const bodyInDoor_percent = 55;
