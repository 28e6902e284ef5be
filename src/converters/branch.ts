/** Finds the current branch of a conversation that was edited or answered again. */

/** A message of a tree. */
export interface TreeNode {
  parent: string | undefined;
  createdAt: number | undefined;
}

/** Returns the ids from the root to a node. Stops where a cycle closes. */
function branchTo(leaf: string, nodes: ReadonlyMap<string, TreeNode>): string[] {
  const path = new Set<string>();
  for (let id: string | undefined = leaf; id !== undefined && !path.has(id); id = nodes.get(id)?.parent) {
    if (!nodes.has(id)) break;
    path.add(id);
  }
  return [...path].reverse();
}

/** Returns the ids of the current branch: to a node, if it is one of the tree, else to the newest one. */
export function currentBranch(nodes: ReadonlyMap<string, TreeNode>, current?: string): string[] {
  const leaf = current !== undefined && nodes.has(current) ? current : newestLeaf(nodes);
  return leaf === undefined ? [] : branchTo(leaf, nodes);
}

/** Returns the newest node without children; without times, the last one. Undefined if each node has a child. */
function newestLeaf(nodes: ReadonlyMap<string, TreeNode>): string | undefined {
  const parents = new Set([...nodes.values()].map(({ parent }) => parent));
  let newest: { id: string; createdAt: number } | undefined;
  for (const [id, { createdAt = Number.NEGATIVE_INFINITY }] of nodes) {
    if (!parents.has(id) && (!newest || createdAt >= newest.createdAt)) newest = { id, createdAt };
  }
  return newest?.id;
}
