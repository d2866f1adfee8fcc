/** What a guest's agent, or its kernel, cannot do. */
export class NotForGuests extends Error {
  readonly code = "NOT_FOR_GUESTS";
}
