/**
 * Finds the records in a text of JSON that comes in pieces, without ever holding all of it: objects line by line or one
 * after the other, an array of them, or documents whose "Records" are an array, such as GetRecords replies are.
 */

/** A record has 10 MiB at most, which is 14 million characters of base64. */
const MOST_CHARS = 16 * 1024 * 1024;
const RECORDS = /"[Rr]ecords"\s*:\s*$/;
/** Characters before a bracket among which its name is looked for. */
const NAME_CHARS = 64;

export interface JsonTaker {
  /** @param line the first of the text that has the object, from 1 */
  readonly object: (text: string, line: number) => void;
  /** Something that is no object, is never closed, or is too long. */
  readonly broken: (line: number) => void;
}

const [QUOTE, BACKSLASH, NEWLINE] = ['"'.charCodeAt(0), '\\'.charCodeAt(0), '\n'.charCodeAt(0)];

export class JsonObjects {
  readonly #taker: JsonTaker;
  /** Text from the object that is open, or nothing. */
  #text = '';
  /** Brackets that are open, as they stand. */
  #open = '';
  /** How deep the object stands that is to be handed over; -1 where none is open. */
  #depth = -1;
  #start = 0;
  #startLine = 1;
  /** How deep inside an array of records; -1 where it is in none. */
  #recordsDepth = -1;
  #line = 1;
  #isText = false;
  #isEscaped = false;
  /** Whether the rest of the line is passed over. */
  #isSkipping = false;
  #isLineStart = true;

  constructor(taker: JsonTaker) {
    this.#taker = taker;
  }

  push(piece: string): void {
    const from = this.#text.length;
    this.#text += piece;
    for (let i = from; i < this.#text.length; i++) this.#step(this.#text.charCodeAt(i), i);
    if (this.#text.length - this.#start > MOST_CHARS) this.#giveUp();
    this.#text = this.#depth < 0 ? '' : this.#text.slice(this.#start);
    this.#start = 0;
  }

  /** No more comes. */
  end(): void {
    if (this.#depth >= 0 || this.#open !== '')
      this.#taker.broken(this.#depth >= 0 ? this.#startLine : this.#line);
  }

  #step(char: number, at: number): void {
    if (char === NEWLINE) {
      // JSON has no line ends inside texts.
      [this.#isText, this.#isEscaped, this.#isSkipping, this.#isLineStart] = [false, false, false, true];
      this.#line++;
      return;
    }
    const isFirst = this.#isLineStart;
    this.#isLineStart = false;
    if (this.#isSkipping) return;
    if (this.#isText) this.#inText(char);
    else if (char === QUOTE && this.#open !== '') this.#isText = true;
    else this.#bracket(String.fromCharCode(char), at, isFirst);
  }

  #inText(char: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (char === BACKSLASH) this.#isEscaped = true;
    else if (char === QUOTE) this.#isText = false;
  }

  #bracket(char: string, at: number, isFirst: boolean): void {
    if (char === '{') this.#opens(at, isFirst);
    else if (char === '[') this.#opensArray(at);
    else if (char === '}' || char === ']') this.#closes(char, at);
    else if (this.#open === '' && !/[\s,\ufeff]/.test(char)) this.#skip();
  }

  #opens(at: number, isFirst: boolean): void {
    // Nothing is indented by nothing inside of another object: what is open was never closed.
    if (isFirst && this.#open.includes('{')) {
      this.#taker.broken(this.#depth >= 0 ? this.#startLine : this.#line);
      this.#open = this.#open.startsWith('[') ? '[' : '';
      [this.#depth, this.#recordsDepth] = [-1, -1];
    }
    const depth = this.#open.length;
    const isRecord = depth === 0 || (depth === 1 && this.#open === '[') || depth === this.#recordsDepth;
    if (this.#depth < 0 && isRecord) [this.#depth, this.#start, this.#startLine] = [depth, at, this.#line];
    this.#open += '{';
  }

  #opensArray(at: number): void {
    this.#open += '[';
    const isNamed = RECORDS.test(this.#text.slice(Math.max(this.#start, at - NAME_CHARS), at));
    if (this.#depth < 0 || this.#open.length !== this.#depth + 2 || !isNamed) return;
    [this.#depth, this.#recordsDepth] = [-1, this.#open.length];
  }

  #closes(char: string, at: number): void {
    if (this.#open === '' || this.#open.endsWith('{') !== (char === '}')) {
      this.#giveUp();
      this.#skip();
      return;
    }
    this.#open = this.#open.slice(0, -1);
    if (this.#open.length < this.#recordsDepth) this.#recordsDepth = -1;
    if (this.#open.length !== this.#depth) return;
    this.#depth = -1;
    this.#taker.object(this.#text.slice(this.#start, at + 1), this.#startLine);
  }

  #skip(): void {
    this.#taker.broken(this.#line);
    this.#isSkipping = true;
  }

  /** Forgets what is open. */
  #giveUp(): void {
    if (this.#depth >= 0) this.#taker.broken(this.#startLine);
    [this.#open, this.#depth, this.#recordsDepth] = ['', -1, -1];
    this.#isText = false;
  }
}
