import type { Absence } from "../../bmc/model.ts";
import type { BmcAction, Look } from "../../scenario/schema.ts";
import type { Stage } from "./stage.ts";

/** Does to the BMC what a scenario's `bmc:` asks for. Returns what ends it, if it can end. */
export function actOnBmc(action: BmcAction, stage: Stage, ended: () => void): () => void {
  const { bmc } = stage;
  const daemon = bmc.daemon;
  if (action.reset !== undefined) {
    const { kind = "cold", away, look = "error" } = action.reset;
    goAway(stage, look, away, (absence) => bmc.reset(kind, away, absence));
    stage.scheduler.at(stage.scheduler.now() + away, "reset over", ended);
  } else if (action.hang === "chip") {
    bmc.hang(true);
    return () => bmc.hang(false);
  } else if (action.hang === "daemon") {
    daemon.hung = true;
    return () => {
      daemon.hung = false;
    };
  } else if (action["when-closed"] !== undefined) {
    bmc.daemonGone(action["when-closed"]);
    return () => bmc.daemonBack();
  } else if (action.sticky !== undefined) {
    bmc.controller.stick(action.sticky);
    return () => bmc.controller.stick(undefined);
  } else if (action.slow !== undefined) {
    daemon.slowUs = action.slow;
    return () => {
      daemon.slowUs = 0;
    };
  } else {
    actOnce(action, stage);
    ended();
  }
  return () => {};
}

/** Registers that are not driven read all ones or all zeros; the rest the BMC itself shows. */
export function goAway(
  stage: Pick<Stage, "wire" | "scheduler">,
  look: Look,
  us: number,
  leave: (absence: Absence) => void,
): void {
  if (look !== "all-ones" && look !== "zeros") return leave(look);
  leave("hold");
  const absent = stage.wire.absent(look === "zeros" ? 0x00 : 0xff);
  stage.scheduler.at(stage.scheduler.now() + us, "registers decode again", () => absent.end());
}

function actOnce(action: BmcAction, stage: Stage): void {
  const { bmc, scheduler } = stage;
  if (action.daemon === "gone") bmc.daemon.stop();
  if (action.daemon === "restart") {
    bmc.daemon.kill();
    bmc.device.dropOpener();
    bmc.daemonBack();
  }
  if (action.daemon === "second-opener") bmc.openAgain();
  if (action.daemon === "abort") bmc.device.abort();
  if (action.firmware !== undefined) {
    bmc.controller.setFirmware(action.firmware.major, action.firmware.minorBcd);
  }
  if (action.power !== undefined) bmc.systemPower(action.power);
  const { event, message } = action;
  for (let i = 0; i < (action.times ?? 1); i++) {
    const at = scheduler.now() + i * (action.every ?? 0);
    if (event !== undefined) scheduler.at(at, "event", () => bmc.controller.raiseEvent(event));
    if (message !== undefined) {
      scheduler.at(at, "message", () => bmc.controller.queueMessage(message));
    }
  }
}
