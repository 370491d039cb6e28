import { NUMBERS } from './lexicon.ts';

const SEPARATED = /(?<![\d.,])\d{1,3}(?:,\d{3})+(?!,?\d)/g;
const SCALED = /(?<![\w.,])(\d{1,9}(?:\.\d{1,6})?|[a-z]{1,9})\s{1,3}(hundred|thousand|million|billion)\b/gi;

/** Writes large numbers in one way: "3,000,000", "3 million" and "three million" are "3000000". */
export function plainNumbers(text: string): string {
  const scaled = (whole: string, factor: string, scale: string) => {
    const product = Number(NUMBERS[factor.toLowerCase()] ?? factor) * Number(NUMBERS[scale.toLowerCase()]);
    return Number.isNaN(product) ? whole : `${Number(product.toFixed(6))}`;
  };
  // Twice, for "two hundred thousand".
  return text
    .replaceAll(SEPARATED, (number) => number.replaceAll(',', ''))
    .replaceAll(SCALED, scaled)
    .replaceAll(SCALED, scaled);
}
