import type { Bug } from "../bug.ts";
import { BMC_KCS } from "./bmc-kcs.ts";
import { HOST_KCS } from "./host-kcs.ts";

/** All bugs, in the order in which they are tried. */
export const BUGS: readonly Bug[] = [...HOST_KCS, ...BMC_KCS];
