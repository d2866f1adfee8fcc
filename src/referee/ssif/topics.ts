import { Topic } from "../dispatch.ts";
import type { BusBlock } from "./bus-block.ts";

/** What there is to tell on SSIF only. */
export function ssifTopics() {
  return {
    /** A block write or read, as the host's face shows it. */
    hostBlock: new Topic<BusBlock>("host"),
    /** The same, as the face shows it by which the BMC is judged. */
    bmcBlock: new Topic<BusBlock>("either"),
    /** The host addressed the BMC for reading, with no command before. */
    strayRead: new Topic<undefined>("host"),
    /** The host asked who pulls the alert line, and this address byte was the answer. */
    alertResponse: new Topic<number>("host"),
  };
}
export type SsifTopics = ReturnType<typeof ssifTopics>;
