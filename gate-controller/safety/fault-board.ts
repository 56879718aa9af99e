/** One standing condition. Wall-clock milliseconds. */
export type Fault = {
  readonly device: string;
  readonly code: string;
  readonly since_ms: number;
  readonly isBlocking: boolean;
  /** The lane serves without it, with an officer's word on every passage. */
  readonly isDegrading: boolean;
};

/** Faults by device and code; a value, replaced on change. */
export type FaultBoard = readonly Fault[];

export const noFaults: FaultBoard = [];

/** Raising what stands changes nothing: the first moment is the one that counts. */
export function raise(board: FaultBoard, fault: Fault): FaultBoard {
  return board.some((standing) => isSame(standing, fault)) ? board : [...board, fault];
}

export function clear(board: FaultBoard, fault: Pick<Fault, 'device' | 'code'>): FaultBoard {
  // Nearly always nothing stands: ten times a second this is asked for each fault that could.
  if (!board.some((standing) => isSame(standing, fault))) return board;
  return board.filter((standing) => !isSame(standing, fault));
}

/** Codes of what keeps the lane from serving, as `device:code`, in a stable order. */
export const blockingCodes = (board: FaultBoard): readonly string[] =>
  codesOf(board.filter((fault) => fault.isBlocking));

/** Codes of what the lane can serve without, in a stable order. */
export const degradingCodes = (board: FaultBoard): readonly string[] =>
  codesOf(board.filter((fault) => fault.isDegrading));

const codesOf = (board: FaultBoard): readonly string[] => board.map(faultKey).sort();

/** What tells one fault from another: `device:code`. */
export const faultKey = ({ device, code }: Pick<Fault, 'device' | 'code'>): string => `${device}:${code}`;

const isSame = (a: Pick<Fault, 'device' | 'code'>, b: Pick<Fault, 'device' | 'code'>): boolean =>
  a.device === b.device && a.code === b.code;
