/** Where on the server a campaign's things lie. */

/** The name of a campaign: it is part of keys. */
export const CAMPAIGN_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** What BullMQ's own keys begin with. */
export const PREFIX = "baseboard-queue";

export function placesOf(campaign: string) {
  const at = (what: string) => `baseboard-campaign:${campaign}:${what}`;
  return {
    /** Hash: what is known of the campaign, for whoever looks. */
    state: at("state"),
    /** Hash: a batch's id, and the outcomes of its runs, packed. */
    results: at("results"),
    /** Who has begun it and is alive. Falls away by itself. */
    lock: at("lock"),
    /** Hash: a worker's id, and what it has done. */
    workers: at("workers"),
  };
}

/** Only workers of the same build have their batches from the same queue. */
export function queueName(campaign: string, build: string): string {
  return `${campaign}-${build}`;
}
