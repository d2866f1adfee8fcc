import type { On } from "../automaton.ts";
import { type Command, isOf } from "../dispatch.ts";
import { FewNumbers } from "../few.ts";
import type { Transfer } from "../transfer.ts";
import { isOwn } from "./waiting.ts";

/** Users' own requests by one command, as long as they may be on the wire: what they do is theirs to say. */
export class UsersOwn {
  readonly command: Command;
  readonly open = new FewNumbers();
  /** Answered by the host itself, as when a user goes; what was sent is on its way yet. */
  readonly orphans = new FewNumbers();

  constructor(command: Command) {
    this.command = command;
  }

  get any(): boolean {
    return this.open.size > 0 || this.orphans.size > 0;
  }

  request(event: On<"request">): void {
    if (isOf([this.command], event) && !isOwn(event)) this.open.add(event.id);
  }

  answer({ id, maker }: On<"answer">): void {
    if (this.open.delete(id) && maker !== "bmc") this.orphans.add(id);
  }

  /** A transfer with the command is over. A whole one was that of whoever was not waited for. */
  transferred({ complete }: Transfer): void {
    if (complete) this.orphans.clear();
  }
}
