/**
 * One finding, explained in labelled sentences.
 */
import type { CapacityInfo, Finding, Severity } from '../results/report-document.ts';
import { explain } from './catalogue.ts';
import type { Color, Ink } from './ink.ts';
import { labelled } from './paragraph.ts';

const INDENT = 17;

export const SEVERITY_COLORS: Readonly<Record<Severity, Color>> = { critical: 'red', warning: 'yellow' };

/** @param capacity of an on-demand stream */
export function findingLines(finding: Finding, ink: Ink, columns: number, capacity?: CapacityInfo): string[] {
  const words = explain(finding, capacity);
  const point = (label: string, text: string): string[] => labelled(`  ${label}`, text, INDENT, columns);
  return [
    `${ink(SEVERITY_COLORS[finding.severity], finding.code)}  ${ink('bold', words.title)}`,
    ...point('What we saw', words.saw),
    ...point('What it means', words.means),
    ...point('Split helps?', words.split),
    ...point('What to do', words.todo),
    ...point('Read more', words.page),
  ];
}
