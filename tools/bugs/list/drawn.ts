import { type Bug, bugsIn } from "../bug.ts";

/** Slips that `--drawn` showed, and that no rule named then; as they were drawn, or much like it. */
export const DRAWN: readonly Bug[] = [
  ...bugsIn({ party: "host", file: "host/system-interface/system-interface.ts" }, [
    {
      name: "host-attention-of-no-use-without-a-pause",
      from: "    if (nowUs < this._holdUs) return undefined;\n",
      to: "",
      rules: ["STACK-52"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/host-power.ts" }, [
    {
      name: "bmc-power-cycle-of-which-power-does-not-return",
      from: "    this._powerReturns = scheduler.at(returnUs,",
      to: "    scheduler.at(Number.MAX_SAFE_INTEGER + returnUs,",
      rules: ["CHS-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/chassis/boot-options.ts" }, [
    {
      name: "bmc-boot-options-of-no-version",
      from: "const VERSION = 1;",
      to: "const VERSION = 0;",
      rules: ["CHS-10"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-takes-first-parts-alone",
      from: "        return this._state === State.Writing;\n",
      to: "        return this._state === State.Executing;\n",
      rules: ["SSIF-24"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/front/access.ts" }, [
    {
      name: "bmc-host-lacks-privilege",
      from: "return medium === ChannelMedium.SystemInterface;",
      to: "return medium !== ChannelMedium.SystemInterface;",
      rules: ["MSG-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/watchdog-event.ts" }, [
    {
      name: "bmc-wd-event-of-another",
      from: "generator: BMC_ADDRESS >> 1,",
      to: "generator: (BMC_ADDRESS << 1) & 0x7f,",
      rules: ["WD-05"],
    },
  ]),
];
