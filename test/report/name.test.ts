import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellName, columnsOf, quoteName, showMessage, showName, showProse } from '../../src/report/name.ts';

/** The measure that cli-table3 pads by: what is shown must be as wide for it as for us. */
const requireOfTable = createRequire(createRequire(import.meta.url).resolve('cli-table3'));
const widthForTable = requireOfTable('string-width') as (text: string) => number;

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('👨‍👩‍👧', '🇩🇪', '❤️', '1️⃣', 'ｶﾅ', '한국어', 'ﬁ', '\u{1fae0}', '\u00ad', '\ud800'),
);

describe('a message', () => {
  it('keeps its lines and its letters, and shows what would reach the terminal raw', () => {
    expect(showMessage('There is no file x\u001b[31m.yaml.\nCheck ü 漢 \\ "a".')).toBe(
      'There is no file x\\u{1b}[31m.yaml.\nCheck ü 漢 \\ "a".',
    );
    expect(showMessage('\u202ea\u200b\u2028\u009b')).toBe('\\u{202e}a\\u{200b}\\u{2028}\\u{9b}');
  });
});

describe('showName', () => {
  const shown: [name: string, text: string][] = [
    ['key-0', 'key-0'],
    ['Müller', 'Müller'],
    ['日本', '日本'],
    ['🔥', '🔥'],
    ['a\nb', 'a\\nb'],
    ['a\\nb', 'a\\\\nb'],
    ['\u001b[31m', '\\u{1b}[31m'],
    ['\u202eabc', '\\u{202e}abc'],
    ['e\u0301', 'e\\u{301}'],
    ['a\u00a0b', 'a\\u{a0}b'],
    ['\ud800', '\\u{d800}'],
  ];
  it.each(shown)('shows %j as %s', (name, text) => {
    expect(showName(name)).toBe(text);
  });

  it('cuts a long name in its middle, so that both ends can be told from others', () => {
    expect(showName('tenant-000000000000-eu', 12)).toBe('tenant…00-eu');
  });

  it('is never wider than asked, for us and for the table library alike', () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 4, max: 40 }), (name, columns) => {
        for (const text of [showName(name, columns), quoteName(name, columns), cellName(name, columns)]) {
          expect(columnsOf(text)).toBeLessThanOrEqual(columns);
          expect(widthForTable(text)).toBe(columnsOf(text));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('shows different names differently where it need not cut', () => {
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        fc.pre(a !== b);
        expect(quoteName(a)).not.toBe(quoteName(b));
        expect(cellName(a, 1000)).not.toBe(cellName(b, 1000));
      }),
    );
  });
});

it('prose loses line breaks and keeps its words', () => {
  expect(showProse('  Two\n  lines.\u0007 ')).toBe('Two lines.\\u{7}');
});
