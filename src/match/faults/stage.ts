import type { Bmc } from "../../bmc/model.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { Lane } from "../../time/virtual.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { LabWire } from "../wires/index.ts";
import type { Halt } from "./halt.ts";
import type { HostLifeline } from "./host-actions.ts";
import type { MessageFaults } from "./message-faults.ts";

/** What a director may act on. */
export interface Stage {
  readonly bmc: Bmc;
  readonly wire: Pick<LabWire, "inject" | "absent" | "misdeeds" | "calls">;
  readonly messages: MessageFaults;
  readonly tracer: Tracer;
  /** Undefined while there is no host whose life is in the lab's hands. */
  readonly host: () => HostLifeline | undefined;
  /** The lab's own lane: no party runs while the lab acts. */
  readonly scheduler: Scheduler & Pick<Lane, "atFirst">;
  readonly halt: Pick<Halt, "order">;
}
