/** An incoming command that a user wants to have. */
export interface CommandSpec {
  /** Even. */
  readonly netFn: number;
  readonly cmd: number;
  /** Default: all. */
  readonly channels?: readonly number[] | undefined;
}

interface Receiver<U> {
  readonly owner: U;
  readonly netFn: number;
  readonly cmd: number;
  readonly channels: number;
}

const ALL_CHANNELS = 0xffff;

/** Who gets which incoming command: at most one user for each on a channel. */
export class Receivers<U> {
  private _receivers: readonly Receiver<U>[] = [];

  get count(): number {
    return this._receivers.length;
  }

  /** False when somebody has it already. */
  add(owner: U, spec: CommandSpec): boolean {
    const { netFn, cmd } = spec;
    const channels = spec.channels?.reduce((mask, channel) => mask | (1 << channel), 0);
    const receiver = { owner, netFn, cmd, channels: channels ?? ALL_CHANNELS };
    const taken = this._receivers.some((other) => {
      return (
        other.netFn === netFn && other.cmd === cmd && (other.channels & receiver.channels) !== 0
      );
    });
    if (taken) return false;
    this._receivers = [...this._receivers, receiver];
    return true;
  }

  find(netFn: number, cmd: number, channel: number): U | undefined {
    return this._receivers.find((receiver) => {
      const here = (receiver.channels & (1 << channel)) !== 0;
      return receiver.netFn === netFn && receiver.cmd === cmd && here;
    })?.owner;
  }

  removeOwner(owner: U): void {
    this._receivers = this._receivers.filter((receiver) => receiver.owner !== owner);
  }
}
