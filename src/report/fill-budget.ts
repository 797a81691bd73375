/** A part of a comment that can be cut: whole entries are left out, never half of one. */
export interface MarkdownSection {
  readonly opening: readonly string[];
  readonly count: number;
  /** Makes one entry; called in order, and only for as many as can possibly fit. */
  readonly entry: (index: number) => string;
  readonly closing: readonly string[];
  /** Characters that are kept for it while earlier sections are filled. */
  readonly share: number;
  /** The line that says how many entries were left out. */
  readonly rest: (count: number) => string;
}

/** A section whose entries are made, as many as the whole budget could take. */
interface MadeSection extends MarkdownSection {
  readonly entries: readonly string[];
  /** Characters of all of it; more than the budget where entries are missing. */
  readonly size: number;
}

/**
 * The sections that have entries, in order, together not longer than `budget` characters. Each takes what the shares of those that
 * follow leave, so a short one lends its room to the others.
 */
export function fillBudget(sections: readonly MarkdownSection[], budget: number): readonly string[] {
  const made = sections.filter(({ count }) => count > 0).map((section) => make(section, budget));
  let left = budget;
  return made.map((section, index) => {
    const later = made.slice(index + 1).reduce((total, one) => total + Math.min(one.share, one.size), 0);
    const text = fill(section, left - later);
    left -= text.length + 1;
    return text;
  });
}

function make(section: MarkdownSection, budget: number): MadeSection {
  const entries: string[] = [];
  let size = sizeOf(section.opening) + sizeOf(section.closing);
  for (let index = 0; index < section.count && size <= budget; index += 1) {
    const entry = section.entry(index);
    entries.push(entry);
    size += entry.length + 1;
  }
  return { ...section, entries, size };
}

function fill(section: MadeSection, budget: number): string {
  const { opening, count, entries, closing, size, rest } = section;
  if (size <= budget) return [...opening, ...entries, ...closing].join("\n");
  let left = budget - sizeOf(opening) - sizeOf(closing) - rest(count).length - 1;
  const shown: string[] = [];
  for (const entry of entries) {
    left -= entry.length + 1;
    if (left < 0) break;
    shown.push(entry);
  }
  return [...opening, ...shown, rest(count - shown.length), ...closing].join("\n");
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((total, line) => total + line.length + 1, 0);
}
