import { Refused } from "./codes.ts";
import type { CommandSpec } from "./receivers.ts";
import type { Answer, RequestSpec } from "./request.ts";
import type { IncomingCommand, UserRecord } from "./users.ts";

/** What a user needs of the stack. */
export interface UserServices {
  submit(user: UserRecord, spec: RequestSpec, onAnswer: (answer: Answer) => void): number;
  respond(
    user: UserRecord,
    command: IncomingCommand,
    data: Uint8Array,
    onAnswer: (answer: Answer) => void,
  ): number;
  setEvents(user: UserRecord, on: boolean): void;
  setPretimeouts(user: UserRecord, on: boolean): void;
  receive(user: UserRecord, spec: CommandSpec): boolean;
  destroy(user: UserRecord): void;
}

/** Somebody who uses the stack: a program, a watchdog, a console. */
export class User {
  private readonly _record: UserRecord;
  private readonly _services: UserServices;

  constructor(record: UserRecord, services: UserServices) {
    this._record = record;
    this._services = services;
  }

  get name(): string {
    return this._record.name;
  }

  /** How many requests are owed an answer. */
  get outstanding(): number {
    return this._record.live.size;
  }

  /** Hands a request in; gives its id. Throws `Refused`, and then `onAnswer` is never called. */
  submit(spec: RequestSpec, onAnswer: (answer: Answer) => void): number {
    return this._services.submit(this._record, spec, onAnswer);
  }

  /** The same as a promise, which is rejected with `Refused`, and else always resolved. */
  request(spec: RequestSpec): Promise<Answer> {
    return new Promise((resolve) => {
      this.submit(spec, resolve);
    });
  }

  /** Begins or ceases to listen to events. */
  setEvents(on: boolean): void {
    this._services.setEvents(this._record, on);
  }

  /** Begins or ceases to wait for the watchdog's pre-timeout: the BMC is watched for it. */
  setPretimeouts(on: boolean): void {
    this._services.setPretimeouts(this._record, on);
  }

  /** Receives an incoming command from now on. Throws `Refused` when somebody else does. */
  receive(spec: CommandSpec): void {
    if (!this._services.receive(this._record, spec)) throw new Refused("RECEIVER_TAKEN");
  }

  /** Answers an incoming command; `onAnswer` tells whether the BMC took the response. */
  respond(
    command: IncomingCommand,
    data: Uint8Array,
    onAnswer: (answer: Answer) => void = () => {},
  ): number {
    return this._services.respond(this._record, command, data, onAnswer);
  }

  /** Goes away. What is owed is answered with a local code; nothing else is delivered. */
  destroy(): void {
    this._services.destroy(this._record);
  }
}
