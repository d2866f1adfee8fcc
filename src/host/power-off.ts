import type { DeviceId } from "../ipmi/commands/app/device.ts";
import { ChassisAction, chassisControl } from "../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../ipmi/completion.ts";
import { Refused } from "./messages/codes.ts";
import type { Answer, RequestSpec } from "./messages/request.ts";
import type { User } from "./messages/user.ts";
import type { HostStack } from "./stack.ts";

/** PICMG's group extension, and its identifier as the first byte of the data. */
const PICMG_NETFN = 0x2c;
const PICMG_ID = 0x00;
const PICMG_ADDRESS_INFO = 0x01;
const PICMG_POWER_LEVEL = 0x11;
/** Power level 0 of FRU 0, present levels kept. */
const POWER_LEVEL_OFF = [PICMG_ID, 0x00, 0x00, 0x00] as const;
/** A shelf that switches off before it has answered says so. */
const ATCA_TOLERATED = Cc.Unspecified;

const MOTOROLA = { manufacturerId: 0x0000a1, productId: 0x0051 } as const;
/** Motorola's graceful restart of the payload, which its boards need besides. */
const MOTOROLA_RESTART = { netFn: 0x2e, cmd: 0x11, data: [0x00, 0x40, 0x0a] } as const;

const DELL_MANUFACTURER = 0x0002a2;
const HP = { manufacturerId: 0x00000b, productId: 0x8201, ipmiMajor: 1 } as const;

/**
 * By whose rules the system's power is controlled. The CPI1 boards of 2004 are left out: theirs is
 * a sequence of a dozen commands of their own, on hardware that nobody can get to try it.
 */
export type PowerControl = "atca" | "dell" | "hp" | "chassis";

/** What became of the attempt to power the system off. */
export type PowerOutcome =
  | { readonly ok: true; readonly did: "power-down" | "power-cycle" | "reset" }
  | { readonly ok: false; readonly why: string };

type Done = (outcome: PowerOutcome) => void;

/** Powers the system off, or restarts it, through the BMC. As bounded as its few requests are. */
export class PowerOff {
  /** A power-off becomes a power cycle; until a BMC refuses one. */
  powerCycle: boolean;
  private readonly _user: User;
  private readonly _stack: Pick<HostStack, "createUser" | "identity">;

  /** Throws `Refused`. */
  constructor(stack: Pick<HostStack, "createUser" | "identity">, powerCycle = false) {
    this._stack = stack;
    this.powerCycle = powerCycle;
    this._user = stack.createUser("power-off");
  }

  /** Finds out how, in the order in which Linux does; undefined: this BMC has no control. */
  detect(found: (control: PowerControl | undefined) => void): void {
    const { device } = this._stack.identity;
    const data = [PICMG_ID];
    this.#ask({ netFn: PICMG_NETFN, cmd: PICMG_ADDRESS_INFO }, data, (answer) => {
      if (isOk(answer)) found("atca");
      else found(device === undefined ? undefined : controlOf(device));
    });
  }

  powerOff(done: Done): void {
    this.detect((control) => {
      if (control === undefined) done(NO_CONTROL);
      else if (control === "atca") this.#atca(done);
      else if (this.powerCycle) this.#cycle(done);
      else this.#chassis(ChassisAction.PowerDown, "power-down", done);
    });
  }

  /** A hard reset; a power cycle where the BMC has none. */
  restart(done: Done): void {
    this.#chassis(ChassisAction.HardReset, "reset", (outcome) => {
      if (outcome.ok) done(outcome);
      else this.#chassis(ChassisAction.PowerCycle, "power-cycle", done);
    });
  }

  destroy(): void {
    this._user.destroy();
  }

  #cycle(done: Done): void {
    this.#chassis(ChassisAction.PowerCycle, "power-cycle", (outcome) => {
      if (outcome.ok) return done(outcome);
      this.powerCycle = false;
      this.#chassis(ChassisAction.PowerDown, "power-down", done);
    });
  }

  #chassis(action: number, did: "power-down" | "power-cycle" | "reset", done: Done): void {
    const data = chassisControl.request.encode({ action });
    this.#ask(chassisControl, data, (answer) => {
      done(
        isOk(answer) ? { ok: true, did } : { ok: false, why: whyNot("Chassis Control", answer) },
      );
    });
  }

  #atca(done: Done): void {
    const level = { netFn: PICMG_NETFN, cmd: PICMG_POWER_LEVEL };
    this.#ask(level, POWER_LEVEL_OFF, (answer) => {
      const tolerated = typeof answer !== "string" && answer.cc === ATCA_TOLERATED;
      if (!isOk(answer) && !tolerated) {
        return done({ ok: false, why: whyNot("Set Power Level", answer) });
      }
      const off: PowerOutcome = { ok: true, did: "power-down" };
      const { device } = this._stack.identity;
      if (device === undefined || !isMotorola(device)) return done(off);
      this.#ask(MOTOROLA_RESTART, MOTOROLA_RESTART.data, () => done(off));
    });
  }

  #ask(
    { netFn, cmd }: Pick<RequestSpec, "netFn" | "cmd">,
    data: Iterable<number>,
    heard: (answer: Answer | string) => void,
  ): void {
    const spec = { netFn, cmd, data: Uint8Array.from(data), priority: "high" } as const;
    try {
      this._user.submit(spec, heard);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      heard(error.code);
    }
  }
}

const NO_CONTROL: PowerOutcome = { ok: false, why: "the BMC controls no chassis" };

function controlOf(device: DeviceId): PowerControl | undefined {
  const { manufacturerId, productId, ipmiMajor, ipmiMinor, chassisDevice } = device;
  const early = ipmiMajor <= 1 && ipmiMinor < 5;
  if (manufacturerId === DELL_MANUFACTURER && early) return "dell";
  const hp = manufacturerId === HP.manufacturerId && productId === HP.productId;
  if (hp && ipmiMajor === HP.ipmiMajor) return "hp";
  return chassisDevice ? "chassis" : undefined;
}

function isMotorola({ manufacturerId, productId }: DeviceId): boolean {
  return manufacturerId === MOTOROLA.manufacturerId && productId === MOTOROLA.productId;
}

function isOk(answer: Answer | string): boolean {
  return typeof answer !== "string" && answer.cc === Cc.Ok && answer.maker === "bmc";
}

function whyNot(command: string, answer: Answer | string): string {
  if (typeof answer === "string") return `${command}: ${answer}`;
  const code = answer.cc.toString(16).toUpperCase().padStart(2, "0");
  return `${command}: ${code}h by ${answer.maker}`;
}
