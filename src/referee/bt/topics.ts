import { Topic } from "../dispatch.ts";
import type { Frame } from "./frame.ts";

/** What there is to tell on BT only. */
export function btTopics() {
  return {
    /** The host set H2B_ATN over this frame; what it asks for is not open yet. */
    offered: new Topic<Frame>("host"),
    /** The host read this frame to its end; what it answers is open still. */
    fetched: new Topic<Frame>("host"),
    /** The BMC gave this frame to the host; what it answers is open still. */
    given: new Topic<Frame>("either"),
  };
}
export type BtTopics = ReturnType<typeof btTopics>;
