import * as wire from "../../../ipmi/commands/chassis/boot-options.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { BootOptions, BootOptionsRefusal } from "../../stores/boot-options.ts";

interface Needs {
  readonly boot: BootOptions;
}

/** The version of the parameters. @see IPMI 2.0 §28.13 */
const VERSION = 1;

const CODES: Readonly<Record<BootOptionsRefusal, number>> = {
  unsupported: SpecificCc.ParameterNotSupported,
  "in-progress": SpecificCc.SetInProgress,
  length: Cc.RequestLengthInvalid,
  range: Cc.ParameterOutOfRange,
  field: Cc.InvalidField,
};

/** @see IPMI 2.0 §28.12 */
export const setSystemBootOptions = command<Needs>()({
  layout: wire.setSystemBootOptions,
  handle: ({ boot }, { selector, invalid, data }) => {
    const refusal = boot.set(selector, invalid, data);
    return refusal === undefined ? {} : CODES[refusal];
  },
});

/** No parameter comes in sets; only the mailbox has blocks. @see IPMI 2.0 §28.13 */
export const getSystemBootOptions = command<Needs>()({
  layout: wire.getSystemBootOptions,
  handle: ({ boot }, { selector, blockSelector }) => {
    const data = boot.get(selector, blockSelector);
    if (typeof data === "string") return CODES[data];
    return { version: VERSION, selector, invalid: boot.isInvalid(selector), data };
  },
});
