/**
 * The way in to every renderer: a report document and a format go in, the text to print or save comes out.
 *
 * Nothing is imported until it is needed: a command that is only asked for its help loads no renderer.
 */
import type { AnyDocument } from '../results/document.ts';

export const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** What the paper is like, its width in character cells and whether it takes colours, and how much is to stand on it. */
export interface Style {
  readonly columns: number;
  readonly color: boolean;
  /** Of a plan: also what the answer does not need. */
  readonly details?: boolean | undefined;
}

/** How text looks in a file or a pipe. */
export const PLAIN: Style = { columns: 80, color: false };

/**
 * Renders a document. The result ends with a newline and depends on the arguments alone: the same document gives
 * the same text, today and years later.
 */
export async function render(document: AnyDocument, format: Format, style: Style = PLAIN): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(document, null, 2)}\n`;
    case 'text':
      return renderText(document, style);
  }
}

async function renderText(document: AnyDocument, style: Style): Promise<string> {
  switch (document.kind) {
    case 'simulation':
    case 'run': {
      if (document.sweep !== undefined) {
        const { renderSweepText } = await import('./sweep-text.ts');
        return renderSweepText(document, document.sweep, style);
      }
      if (document.maxRate !== undefined) {
        const { renderMaxRateText } = await import('./max-rate-text.ts');
        return renderMaxRateText(document, document.maxRate, style);
      }
      const { renderRunText } = await import('./run-text.ts');
      return renderRunText(document, style);
    }
    case 'plan': {
      const { renderPlanText } = await import('./plan/plan-text.ts');
      return renderPlanText(document, style);
    }
    case 'diagnosis': {
      const { renderDiagnosisText } = await import('./diagnosis/diagnosis-text.ts');
      return renderDiagnosisText(document, style);
    }
    case 'recommendation': {
      const { renderRecommendationText } = await import('./recommendation/recommendation-text.ts');
      return renderRecommendationText(document, style);
    }
  }
}
