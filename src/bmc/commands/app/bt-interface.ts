import { getBtInterfaceCapabilities as layout } from "../../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { SystemInterface } from "../../stores/channels.ts";

/** Mandatory where there is a BT interface, and nowhere else. @see IPMI 2.0 §22.10 */
export const getBtInterfaceCapabilities = command<{ systemInterface: SystemInterface }>()({
  layout,
  handle: ({ systemInterface }) => systemInterface.bt ?? Cc.InvalidCommand,
});
