import { BaseboardError } from "../../../errors.ts";

/** What a guest's agent, or its kernel, cannot do. */
export class NotForGuests extends BaseboardError<"NOT_FOR_GUESTS"> {
  constructor(message: string) {
    super(message, { code: "NOT_FOR_GUESTS" });
  }
}
