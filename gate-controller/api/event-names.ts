/** Name of a recorded event for people: the machine's own timer events say which wait is over. */
export function eventName(type: string): string {
  const wait = /^xstate\.after\.(\w+)\./.exec(type)?.[1];
  return wait === undefined ? type : `TIME_OVER:${wait}`;
}
