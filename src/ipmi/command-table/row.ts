/**
 * Who may send a command: the privilege level (Callback, User, Operator, Administrator), or p
 * before a session, s system interface only, i local interfaces only, b sent by the BMC, or as its
 * payload says. @see IPMI 2.0 Appendix G
 */
export type Access = "C" | "U" | "O" | "A" | "p" | "s" | "i" | "b" | "payload";

/**
 * One command: number, name, section, who may send it, mandatory or optional, and `once` when two of
 * it do more than one: it adds, takes away, tells somebody, or starts something.
 */
export type Row = readonly [
  cmd: number,
  name: string,
  section: string,
  access: Access,
  status: "M" | "O",
  repeats?: "once",
];
