/** One run of the controller, from power to the loss of it. Nothing of it acts once it is dead. */
export class Process {
  readonly number: number;
  isAlive = true;

  constructor(number: number) {
    this.number = number;
  }
}
