/** A table for a Markdown document; its first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...others] = rows;
  const rule = head.map(() => "---");
  const lines = [head, rule, ...others].map((row) => {
    return `| ${row.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `${lines.join("\n")}\n`;
}
