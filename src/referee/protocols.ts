import { bt } from "./bt/index.ts";
import { kcs } from "./kcs/index.ts";
import { opal } from "./opal/index.ts";
import type { Protocol } from "./protocol.ts";
import { smic } from "./smic/index.ts";
import { ssif } from "./ssif/index.ts";

/** Every protocol that the referee can follow. The page of a trace is built with that of its interface alone. */
export const protocols: readonly Protocol[] = [kcs, smic, bt, ssif, opal];
