/**
 * `shardwise prices`: reads AWS's public price list of a region into a file that `plan --prices` takes.
 */
import { Command } from 'commander';
import type { PriceListReading } from '../advice/money/price-list.ts';
import { badInput, worldFailure } from '../model/refusal.ts';
import type { Context } from './context.ts';
import { fileTrouble } from './file-trouble.ts';
import { addOutputFlags, type Output, type OutputFlags, parseOutput } from './output.ts';

/** As commander hands them over. */
export interface PricesFlags extends OutputFlags {
  region?: string;
  priceListUrl?: string;
  priceList?: string;
}

/** The command, to be added to the program. Exit code 0 also where the list lacks some prices: they are named. */
export function pricesCommand(context: Context): Command {
  const command = new Command('prices')
    .description("a region's prices, from AWS's public price list, for plan --prices")
    .option('--region <region>', 'AWS region, for example eu-west-1')
    .option('--price-list-url <url>', "another host than AWS's, or the whole address of a list (.json)")
    .option('--price-list <file>', 'a price list that was downloaded before; nothing is fetched')
    .action((flags: PricesFlags) => prices(flags, context));
  return addOutputFlags(command);
}

/** Reads the list, prints what was found and what is missing, and saves the prices where the flags say. */
export async function prices(flags: PricesFlags, context: Context): Promise<void> {
  const region = regionOf(flags.region);
  const output = parseOutput(flags);
  if (flags.priceList !== undefined && flags.priceListUrl !== undefined) {
    throw badInput('--price-list: --price-list-url names another one.', 'Give one of the two.');
  }
  const { list, source } = await listOf(flags, region);
  const { readPriceList } = await import('../advice/money/price-list.ts');
  const today = new Date().toISOString().slice(0, 10);
  const reading = readPriceList(list, region, source, today);
  await save(reading, output);
  const color = output.color && context.color;
  context.out(await rendered(reading, output.format, { columns: context.columns, color }));
  if (output.files.length > 0 && !output.quiet) {
    const file = output.files.find(({ format }) => format === 'json')?.path;
    if (file !== undefined) context.err(`Use them: shardwise plan … --region ${region} --prices ${file}\n`);
  }
}

function regionOf(region: string | undefined): string {
  if (region === undefined)
    throw badInput('prices: no region is given.', 'Write for example: shardwise prices --region eu-west-1');
  if (/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) return region;
  throw badInput(
    `--region: ${JSON.stringify(region)} is not the name of a region.`,
    'Write for example eu-west-1.',
  );
}

async function listOf(
  { priceList, priceListUrl: base }: PricesFlags,
  region: string,
): Promise<{ readonly list: unknown; readonly source: string }> {
  if (priceList !== undefined)
    return { list: await listIn(priceList), source: `AWS price list in ${priceList}` };
  const { downloadPriceList, priceListUrl } = await import('../run/aws/price-list-download.ts');
  if (base !== undefined && !isWebAddress(base)) {
    throw badInput(
      `--price-list-url: ${base} is no web address.`,
      'Write for example https://prices.example.com',
    );
  }
  const url = priceListUrl(region, base);
  return { list: await downloadPriceList(url, region), source: `AWS price list at ${new URL(url).host}` };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

async function listIn(file: string): Promise<unknown> {
  const { readTextFile } = await import('../run/files/text-file.ts');
  const text = await readTextFile(file);
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(`--price-list: ${file} is not JSON.`, "Name a price list: AWS's index.json of a region.");
  }
}

async function save(reading: PriceListReading, { files }: Output): Promise<void> {
  const { writeReportFile } = await import('../run/files/report-file.ts');
  for (const { path, format } of files) {
    const text = await rendered(reading, format, { columns: 80, color: false });
    try {
      await writeReportFile(path, text);
    } catch (error) {
      throw worldFailure(`${path} could not be written: ${fileTrouble(error)}.`, 'Save elsewhere.');
    }
  }
}

async function rendered(
  { prices: found, missing }: PriceListReading,
  format: Output['format'],
  style: { readonly columns: number; readonly color: boolean },
): Promise<string> {
  if (format === 'json') {
    const { pricesFileOf } = await import('../advice/money/prices-file.ts');
    return `${JSON.stringify(pricesFileOf(found), null, 2)}\n`;
  }
  const { renderPricesText } = await import('../report/prices-text.ts');
  const { inkFor } = await import('../report/ink.ts');
  return renderPricesText(found, missing, inkFor(style), style.columns);
}
