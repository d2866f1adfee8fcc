/**
 * Shell functions that set probes. What they are put at may be in a module or be a part of the kernel.
 */
export const PROBES = `
# add MODULE TYPE NAME FUNCTION WHAT: a probe in the module, or in the kernel that has it built in.
add() {
  for target in "$1:$4" "$4"; do
    if { echo "$2:$name/$3 $target $5" >> "$tracefs/kprobe_events"; } 2>/dev/null; then
      say "probe: $2:$name/$3 $target $5"
      return 0
    fi
  done
  return 1
}

# take_away NAME: a probe that is of no use after all.
take_away() {
  { echo "-:$name/$1" >> "$tracefs/kprobe_events"; } 2>/dev/null
}`;
