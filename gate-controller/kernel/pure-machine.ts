import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventObject,
} from 'xstate';

/** The next state, and the actions it asks for, none of which has run. */
export type PureStep = readonly [AnyMachineSnapshot, readonly unknown[]];

/**
 * A machine as a function. XState's own `transition` makes a whole actor, initial state included, for every call: a third of
 * the kernel's work (measured). One actor serves all calls here; it is never started and keeps nothing, as machines of this
 * program spawn and invoke nothing.
 */
export class PureMachine {
  readonly #machine: AnyStateMachine;
  readonly #scope: Omit<AnyActorScope, 'actionExecutor'>;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    const self = createActor(machine);
    const nothing = (): void => {};
    this.#scope = {
      self,
      system: self.system,
      id: '',
      sessionId: '',
      logger: nothing,
      defer: nothing,
      emit: nothing,
      stopChild: nothing,
    };
  }

  begin(input: unknown): PureStep {
    return this.#collect((scope) => this.#machine.getInitialSnapshot(scope, input));
  }

  next(snapshot: AnyMachineSnapshot, event: EventObject): PureStep {
    return this.#collect((scope) => this.#machine.transition(snapshot, event, scope));
  }

  /** A state that was written by this machine. Throws when it does not fit. */
  resolve(state: { readonly value: never; readonly context: object }): AnyMachineSnapshot {
    return this.#machine.resolveState(state);
  }

  #collect(step: (scope: AnyActorScope) => AnyMachineSnapshot): PureStep {
    const actions: unknown[] = [];
    return [step({ ...this.#scope, actionExecutor: (action) => void actions.push(action) }), actions];
  }
}
