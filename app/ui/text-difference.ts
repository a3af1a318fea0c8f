/** Where two texts differ, word by word. */

export interface TextPart {
  text: string;
  differs: boolean;
}

/** Beyond so many comparisons of words the whole middle counts as different: a page must not wait for a novel. */
const MOST_COMPARISONS = 250_000;

const words = (text: string): string[] => text.match(/\s+|[^\s<>]+|[<>]/g) ?? [];

/** For each word of both lists, whether it belongs to their longest common sequence. */
function commonWords(left: string[], right: string[]): { left: boolean[]; right: boolean[] } {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const lengthAt = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row--)
    for (let column = right.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        left[row] === right[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
  const held = { left: left.map(() => false), right: right.map(() => false) };
  let [row, column] = [0, 0];
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      held.left[row++] = true;
      held.right[column++] = true;
    } else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row++;
    else column++;
  }
  return held;
}

function sharedStart(left: string[], right: string[]): number {
  const most = Math.min(left.length, right.length);
  let count = 0;
  while (count < most && left[count] === right[count]) count++;
  return count;
}

/** Neighbours of the same kind as one part; a blank between two differences differs with them. */
function joined(texts: string[], differs: boolean[]): TextPart[] {
  const parts: TextPart[] = [];
  for (const [index, text] of texts.entries()) {
    const isBridge = text.trim() === '' && differs[index - 1] === true && differs[index + 1] === true;
    const differing = isBridge || (differs[index] ?? false);
    const last = parts.at(-1);
    if (last && last.differs === differing) last.text += text;
    else parts.push({ text, differs: differing });
  }
  return parts;
}

/** Both texts in parts; what is alike in both is not marked in either. */
export function textDifference(left: string, right: string): { left: TextPart[]; right: TextPart[] } {
  const [a, b] = [words(left), words(right)];
  const start = sharedStart(a, b);
  const end = sharedStart(a.slice(start).reverse(), b.slice(start).reverse());
  const [middleA, middleB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const common =
    middleA.length * middleB.length <= MOST_COMPARISONS
      ? commonWords(middleA, middleB)
      : { left: middleA.map(() => false), right: middleB.map(() => false) };
  const marks = (shared: boolean[]) => [
    ...Array.from({ length: start }, () => false),
    ...shared.map((isShared) => !isShared),
    ...Array.from({ length: end }, () => false),
  ];
  return { left: joined(a, marks(common.left)), right: joined(b, marks(common.right)) };
}

const KEPT = 24;

/** Long stretches without a difference cut to their ends, so that the difference is in sight. */
export function shortened(parts: TextPart[], longest = 160): TextPart[] {
  if (parts.reduce((sum, { text }) => sum + text.length, 0) <= longest) return parts;
  const last = parts.length - 1;
  return parts.map(({ text, differs }, index) => {
    if (differs) return { text: text.length > longest ? `${text.slice(0, longest)}…` : text, differs };
    const [head, tail] = [index === 0 ? '' : text.slice(0, KEPT), index === last ? '' : text.slice(-KEPT)];
    return text.length <= 2 * KEPT + 1 ? { text, differs } : { text: `${head}…${tail}`, differs };
  });
}
