/** What the stack counts, under the names that Linux gives the same things. */
export class Statistics {
  // The system interface's.
  short_timeouts = 0;
  long_timeouts = 0;
  idles = 0;
  interrupts = 0;
  attentions = 0;
  flag_fetches = 0;
  hosed_count = 0;
  complete_transactions = 0;
  events = 0;
  watchdog_pretimeouts = 0;
  incoming_messages = 0;
  // The message handler's.
  sent_invalid_commands = 0;
  sent_local_commands = 0;
  handled_local_responses = 0;
  unhandled_local_responses = 0;
  sent_ipmb_commands = 0;
  sent_ipmb_command_errs = 0;
  retransmitted_ipmb_commands = 0;
  timed_out_ipmb_commands = 0;
  timed_out_ipmb_broadcasts = 0;
  sent_ipmb_responses = 0;
  handled_ipmb_responses = 0;
  invalid_ipmb_responses = 0;
  unhandled_ipmb_responses = 0;
  handled_commands = 0;
  invalid_commands = 0;
  unhandled_commands = 0;
  invalid_events = 0;
  // Its own, without a Linux name: events that nobody listened to and that no longer fitted.
  discarded_events = 0;
}
