/** A part of a comment that can be cut: whole entries are left out, never half of one. */
export interface MarkdownSection {
  readonly opening: readonly string[];
  readonly entries: readonly string[];
  readonly closing: readonly string[];
  /** Characters that are kept for it while earlier sections are filled. */
  readonly share: number;
  /** The line that says how many entries were left out. */
  readonly rest: (count: number) => string;
}

/**
 * The sections that have entries, in order, together not longer than `budget` characters. Each takes what the shares of those that
 * follow leave, so a short one lends its room to the others.
 */
export function fillBudget(sections: readonly MarkdownSection[], budget: number): readonly string[] {
  const filled = sections.filter(({ entries }) => entries.length > 0);
  let left = budget;
  return filled.map((section, index) => {
    const later = filled.slice(index + 1).reduce((total, one) => total + Math.min(one.share, sizeOf(one)), 0);
    const text = fillSection(section, left - later);
    left -= text.length + 1;
    return text;
  });
}

function sizeOf({ opening, entries, closing }: MarkdownSection): number {
  return [...opening, ...entries, ...closing].reduce((total, line) => total + line.length + 1, 0);
}

function fillSection(section: MarkdownSection, budget: number): string {
  const { opening, entries, closing, rest } = section;
  if (sizeOf(section) <= budget) return [...opening, ...entries, ...closing].join("\n");
  const remark = rest(entries.length).length + 1;
  let left = budget - sizeOf({ ...section, entries: [] }) - remark;
  const shown: string[] = [];
  for (const entry of entries) {
    left -= entry.length + 1;
    if (left < 0) break;
    shown.push(entry);
  }
  return [...opening, ...shown, rest(entries.length - shown.length), ...closing].join("\n");
}
