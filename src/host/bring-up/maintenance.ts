import { NetFn } from "../../ipmi/command-table.ts";
import type { RequestSpec } from "../messages/request.ts";

/** Who decides that the BMC is under maintenance: its commands, nobody, or the user. */
export type MaintenanceMode = "auto" | "off" | "on";

/**
 * While somebody updates the BMC's firmware, the stack asks it nothing on its own account: users
 * know what they do, and everything else is in their way.
 */
export class Maintenance {
  mode: MaintenanceMode = "auto";
  private readonly _lastsUs: number;
  private _untilUs = 0;

  constructor(lastsUs: number) {
    this._lastsUs = lastsUs;
  }

  /** A request was accepted: the time when maintenance ends if it begins or goes on with it. */
  note(spec: RequestSpec, nowUs: number): number | undefined {
    const local = (spec.address?.kind ?? "system-interface") === "system-interface";
    if (this.mode !== "auto" || !local || spec.netFn !== NetFn.Firmware) return undefined;
    this._untilUs = nowUs + this._lastsUs;
    return this._untilUs;
  }

  active(nowUs: number): boolean {
    return this.mode === "on" || (this.mode === "auto" && nowUs < this._untilUs);
  }

  /** How long maintenance lasts if nothing prolongs it; Infinity when the user ends it. */
  leftUs(nowUs: number): number {
    if (this.mode === "on") return Number.POSITIVE_INFINITY;
    return this.active(nowUs) ? this._untilUs - nowUs : 0;
  }

  /** Whether a reset that a user asks for makes the BMC quiet. */
  get guardsResets(): boolean {
    return this.mode !== "off";
  }
}
