/** Campaigns: a search whose runs are had by workers on any machine, by way of a queue. */

export { Campaign } from "./campaign.ts";
export { examineCampaigns } from "./doctor.ts";
export { CAMPAIGN_NAME } from "./places.ts";
export { connect, type QueueServer } from "./server.ts";
export { type CampaignStatus, statusOf } from "./status.ts";
export { workFor } from "./work.ts";
