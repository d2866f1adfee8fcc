/** Only our own stack says in the trace what it sends, and for whom. */
export const OUR_OWN = "stack";

/** The user under whose name the system interface's own commands go. */
export const OWN_USER = "system-interface";
/** The stack refuses the commands of others under this name. */
export const HANDLER = "message-handler";
/** The user under whose name the stack's watchdog asks. */
export const WATCHDOG_USER = "watchdog";
/** Under this name the stack asks whether the BMC is there, before all others. */
export const PRESENCE_USER = "presence";
/** Under this name it asks who the BMC is. */
export const IDENTITY_USER = "identity";

/** Under these names our own stack asks on its own account, one question after the other. */
export const OWN_USERS: ReadonlySet<string> = new Set([
  OWN_USER,
  ...[IDENTITY_USER, "channels", PRESENCE_USER],
]);

/** Whether it is the stack itself that asks under this name. */
export function isStacks(user: string): boolean {
  return OWN_USERS.has(user) || user === HANDLER;
}

/** The stack's own code to all whose transfers end as it gives the BMC up. */
export const GIVEN_UP = 0x82;

/** What the stack does at once it has done by then, also where a bus that stands holds its processor. */
export const AT_ONCE_US = 500_000;
