import { systemInterfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { USUAL_BASE } from "../../stack/discovered.ts";
import type { DescribedInterface } from "../index.ts";

/** What a guest's firmware says of its interface; undefined where the guest finds it by PCI. */
export function describedInterface(scenario: Scenario): DescribedInterface | undefined {
  const { host, spacing = 1 } = scenario;
  const kind = systemInterfaceOf(scenario);
  if (host?.discover === undefined || kind === "ssif") return undefined;
  const { smbios, base = USUAL_BASE[kind] } = host.discover;
  return { smbios, place: { at: "io", kind, base, spacing, width: 8 } };
}
