/** Campaigns: a search whose runs are had by workers on any machine, by way of a queue. */

export { Campaign } from "./campaign.ts";
export { CAMPAIGN_NAME } from "./places.ts";
export { connect, type QueueServer } from "./server.ts";
export { workFor } from "./work.ts";
