import { INTERFACES } from "../../src/wire/index.ts";
import { EVIDENCE } from "./evidence.ts";
import { hostileHost } from "./hostile-host.ts";
import { KERNELS } from "./kernels.ts";
import { hostMachine } from "./machine-target.ts";
import { PCI_SOCKETS, VM_SOCKET } from "./sockets.ts";
import { hostStack } from "./stack-target.ts";
import type { Target } from "./target.ts";
import { TEXTS } from "./texts.ts";

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [
  ...INTERFACES.map(hostileHost),
  ...INTERFACES.map(hostMachine),
  ...INTERFACES.map(hostStack),
  ...PCI_SOCKETS,
  VM_SOCKET,
  ...TEXTS,
  ...EVIDENCE,
  ...KERNELS,
];
