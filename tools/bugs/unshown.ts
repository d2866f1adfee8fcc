/**
 * Rules that no scenario of the catalogue expects to be broken and no bug of the list is to be named by,
 * each with the reason. Their cases in `test/referee/cases` show them firing and silent all the same.
 */
export const UNSHOWN: Readonly<Record<string, string>> = {
  "BT-12": "a note on how often a host looks; ours looks always",
  "BT-15": "our host takes what lies there with its next look, whatever else it does",
  "BT-29": "the registers raise the line by INTMASK; the BMC's face cannot",
  "CRASH-01": "the executor's machine code plays in no scenario; test/crash has it judged",
  "CRASH-02": "the same",
  "CRASH-03": "the same",
  "CRASH-04": "the same",
  "KCS-29": "the BMC's side of our KCS has no clock that could run out",
  "KCS-34": "C/D# is the registers' own, and neither the host's nor the BMC's code sets it",
  "KCS-36": "a note on ERROR, which a trace of one face cannot place more exactly",
  "KCS-37": "our host does nothing in ERROR but recover, so that a BMC is not tempted to go on",
  "KCS-38": "our host asks for each error once, and a transfer follows that clears it",
  "KCS-44": "the line is the registers' own",
  "MF-03": "a BMC that takes what it has not is found out by the host, which reads what it wrote",
  "MSG-02": "a note; whoever answers with a reserved code is named by the command's own rule",
  "SDR-11": "no scenario fills the repository to its end",
  "SMIC-21": "BUSY is set by the registers alone; the BMC's face can only clear it",
  "SSIF-04": "the host's block machine asserts that a block has a byte",
  "STACK-08": "what a kernel's console says; our own stack has none",
  "WD-02": "our host clears the pre-timeout's flag itself before it sets the timer",
};
