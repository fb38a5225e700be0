/**
 * The flags of `shardwise plan` that say how safe the answer has to be.
 */
import type { Command } from 'commander';
import type { PlacementMode, PlanOptions } from '../../advice/plan/plan-input.ts';
import { requirePercent } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { given } from './given.ts';

export interface MarginFlags {
  headroom?: string;
  confidence?: string;
  placement?: string;
}

export function addMarginFlags(command: Command): Command {
  return command
    .optionsGroup('Margins:')
    .option('--headroom <percent>', 'part of every limit to keep free (default: 20%)')
    .option('--confidence <percent>', 'how sure the hottest shard must fit (default: 95%)')
    .option(
      '--placement <how>',
      'random, or actual for the names that keys are generated with (default: random)',
    );
}

/** Refuses (exit 2) what is no value of its flag. */
export function parseMargins(flags: MarginFlags): Pick<PlanOptions, 'headroom' | 'confidence' | 'placement'> {
  return {
    headroom: given(flags.headroom, headroomOf),
    confidence: given(flags.confidence, confidenceOf),
    placement: given(flags.placement, placementOf),
  };
}

/** @throws Refusal (exit 2) */
export function headroomOf(text: string): number {
  const headroom = requirePercent(text, '--headroom');
  if (headroom <= 0.99) return headroom;
  throw badInput(`--headroom: ${text} leaves nothing of a shard.`, 'Write at most 99%, for example 20%.');
}

function confidenceOf(text: string): number {
  const confidence = requirePercent(text, '--confidence');
  if (confidence > 0 && confidence <= 0.999999) return confidence;
  throw badInput(
    `--confidence: ${text} is ${confidence > 0 ? 'never reached: names fall by chance' : 'no demand at all'}.`,
    'Write a percentage above 0% and up to 99.9999%, for example 95%.',
  );
}

function placementOf(text: string): PlacementMode {
  if (text === 'random' || text === 'actual') return text;
  throw badInput(`--placement: there is no placement ${JSON.stringify(text)}.`, 'Write random or actual.');
}
