import { type FakeBmc, reply } from "./fake-bmc.ts";

const SET = 0x24;
const RESET = 0x22;
const GET = 0x25;

/**
 * A BMC's watchdog timer for tests of the host, without a clock: whether it has a setting, whether
 * it runs. `codes` are answered to the next of the timer's commands, `silent` makes them unanswered.
 */
export class FakeTimer {
  initialised = false;
  running = false;
  /** The last setting: use, action, pre-timeout, flags, count. */
  setting = new Uint8Array(6);
  codes: number[] = [];
  silent = false;
  /** It says that it runs, whether or not it has a setting. */
  lies = false;
  readonly frames: string[] = [];

  attach(bmc: FakeBmc): this {
    bmc.behaviour = (request) => {
      const [netFnLun, cmd, ...data] = request;
      if (netFnLun !== 0x18 || (cmd !== SET && cmd !== RESET && cmd !== GET)) return "default";
      this.frames.push([...request].map((byte) => byte.toString(16).padStart(2, "0")).join(" "));
      if (this.silent) return "silent";
      const code = this.codes.shift();
      if (code !== undefined) return reply(request, code);
      if (cmd === GET) return reply(request, 0, [...this.setting, 0x2c, 0x01]);
      if (cmd === RESET) {
        if (!this.initialised) return reply(request, this.lies ? 0 : 0x80);
        this.running = true;
        return reply(request, 0);
      }
      this.setting = Uint8Array.from(data);
      this.initialised = true;
      if (((data[0] ?? 0) & 0x40) === 0) this.running = false;
      return reply(request, 0);
    };
    return this;
  }

  /** The BMC was reset: its timer stands, and knows nothing. */
  lose(): void {
    this.initialised = false;
    this.running = false;
  }

  /** The frames since the last call. */
  taken(): string[] {
    return this.frames.splice(0);
  }
}
