/** Exit statuses. 0: as expected; 1: the verdict is not what the scenario expects. */
export const Exit = { AsExpected: 0, NotAsExpected: 1, WrongCommand: 2, Missing: 3 } as const;

/** Ends the command with one clear line and an exit status. */
export class Failure extends Error {
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}
