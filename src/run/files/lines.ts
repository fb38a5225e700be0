/**
 * Reads a text file line by line in bounded memory, however long its lines are.
 */
import { StringDecoder } from 'node:string_decoder';
import { eachChunk } from './text-file.ts';

/** Longer lines are cut there: what comes after is passed over. */
export const MOST_LINE_CHARS = 4 * 1024 * 1024;

type TakeLine = (line: string, isCut: boolean) => void;

/**
 * Hands over each line without its end; an empty last one is none.
 * @param take is told the line, and whether it was cut
 * @throws Refusal (exit 2) where the file cannot be read; what `take` throws
 */
export async function eachLine(path: string, take: TakeLine): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const lines = new LineSplitter(take);
  await eachChunk(path, (chunk) => lines.push(decoder.write(chunk)));
  lines.push(decoder.end());
  lines.end();
}

/** The same of a text that comes in pieces. */
export class LineSplitter {
  readonly #take: TakeLine;
  #open = '';
  #isCut = false;

  constructor(take: TakeLine) {
    this.#take = take;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#add(text.slice(from, end));
      this.#close();
      from = end + 1;
    }
    this.#add(text.slice(from));
  }

  end(): void {
    if (this.#open !== '') this.#close();
  }

  #add(text: string): void {
    this.#open += text;
    if (this.#open.length <= MOST_LINE_CHARS) return;
    this.#open = this.#open.slice(0, MOST_LINE_CHARS);
    this.#isCut = true;
  }

  #close(): void {
    const line = this.#open.endsWith('\r') ? this.#open.slice(0, -1) : this.#open;
    const isCut = this.#isCut;
    [this.#open, this.#isCut] = ['', false];
    this.#take(line, isCut);
  }
}
