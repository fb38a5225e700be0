/**
 * Every kind of report document, told apart by `kind`.
 */
import type { DiagnosisDocument } from './diagnosis-document.ts';
import type { RecommendationDocument } from './recommendation-document.ts';
import type { ReportDocument } from './report-document.ts';

export type AnyDocument = ReportDocument | DiagnosisDocument | RecommendationDocument;
