/** The result of a bulk query as JSONL: each node of a connection is a line; those inside a node name it as parent. */

export interface BulkLine {
  line: Record<string, unknown>;
  isRoot: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The nodes of a connection, or null where the value is none. */
function nodesOf(value: unknown): Record<string, unknown>[] | null {
  if (!isObject(value)) return null;
  if (Array.isArray(value['nodes'])) return value['nodes'].filter(isObject);
  if (!Array.isArray(value['edges'])) return null;
  return value['edges'].flatMap((edge: unknown) =>
    isObject(edge) && isObject(edge['node']) ? [edge['node']] : [],
  );
}

/** Takes the connections out of an object, at any depth; answers what is left and the nodes found. */
function split(value: Record<string, unknown>): {
  own: Record<string, unknown>;
  nodes: Record<string, unknown>[];
} {
  const own: Record<string, unknown> = {};
  const nodes: Record<string, unknown>[] = [];
  for (const [key, entry] of Object.entries(value)) {
    const found = nodesOf(entry);
    if (found) nodes.push(...found);
    else if (isObject(entry)) {
      const inner = split(entry);
      own[key] = inner.own;
      nodes.push(...inner.nodes);
    } else own[key] = entry;
  }
  return { own, nodes };
}

function linesOf(node: Record<string, unknown>, parentId: unknown): BulkLine[] {
  const { own, nodes } = split(node);
  const line = parentId === undefined ? own : { ...own, __parentId: parentId };
  return [
    { line, isRoot: parentId === undefined },
    ...nodes.flatMap((child) => linesOf(child, own['id'] ?? null)),
  ];
}

/** The lines of a bulk query's data, parents before their children. */
export function bulkLines(data: unknown): BulkLine[] {
  return isObject(data) ? split(data).nodes.flatMap((node) => linesOf(node, undefined)) : [];
}
