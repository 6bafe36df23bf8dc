// Shows the tree of features in the sidebar, drawing anew only what changed.
import * as vscode from 'vscode';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import type { FeatureId } from '../core/shared/ids';
import { commandIds } from './contributions';
import {
  type FeatureNode,
  type FileWaits,
  featureNode,
  fileWaitsOf,
  type GroupKey,
  type GroupNode,
  type Look,
  treeOf,
} from './featureTree';

/**
 * What an item of the tree stands for; commands on it get this as their argument. VS Code knows an item again by the
 * object itself, so each is made once.
 */
export type TreeElement =
  | { readonly kind: 'group'; readonly key: GroupKey }
  | { readonly kind: 'feature'; readonly id: FeatureId };

/** Gives VS Code the tree's items when it asks for them, which it does for what is on screen only. */
export class FeatureTree implements vscode.TreeDataProvider<TreeElement> {
  private readonly changed = new vscode.EventEmitter<TreeElement[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly groups = new Map<GroupKey, TreeElement>();
  private readonly features = new Map<FeatureId, TreeElement>();
  private snapshot: Snapshot = emptySnapshot;
  private tree: readonly GroupNode[] = [];
  private waits: FileWaits = new Map();

  /** Draws anew what changed: the whole tree only when a feature came, went or moved to another group. */
  show(next: Snapshot): void {
    const before = this.snapshot;
    const shapeBefore = shapeOf(this.tree);
    this.snapshot = next;
    this.tree = treeOf(next);
    const waitsBefore = this.waits;
    if (before.locks !== next.locks || before.features !== next.features) this.waits = fileWaitsOf(next);
    if (shapeOf(this.tree) !== shapeBefore) this.changed.fire(undefined);
    else {
      const ids = new Set([...touchedFeatures(before, next), ...otherWaits(waitsBefore, this.waits)]);
      const touched = [...ids].flatMap((id) => this.features.get(id) ?? []);
      if (touched.length > 0) this.changed.fire(touched);
    }
  }

  getChildren(element?: TreeElement): TreeElement[] {
    if (element === undefined) return this.tree.map(({ key }) => this.groupElement(key));
    if (element.kind === 'feature') return [];
    const ids = this.tree.find(({ key }) => key === element.key)?.features ?? [];
    return ids.map((id) => this.featureElement(id));
  }

  getTreeItem(element: TreeElement): vscode.TreeItem {
    if (element.kind === 'group') {
      const group = this.tree.find(({ key }) => key === element.key);
      return group ? groupItem(group) : new vscode.TreeItem(element.key);
    }
    const feature = featureNode(this.snapshot, element.id, this.waits);
    return feature ? featureItem(feature, element) : new vscode.TreeItem(`feature ${element.id}`);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private groupElement(key: GroupKey): TreeElement {
    const element = this.groups.get(key) ?? { kind: 'group', key };
    this.groups.set(key, element);
    return element;
  }

  private featureElement(id: FeatureId): TreeElement {
    const element = this.features.get(id) ?? { kind: 'feature', id };
    this.features.set(id, element);
    return element;
  }
}

function shapeOf(tree: readonly GroupNode[]): string {
  return tree.map(({ key, features }) => `${key} ${features.join()}`).join('\n');
}

/** Features that are other values than before, or whose agent is. */
function touchedFeatures(before: Snapshot, next: Snapshot): readonly FeatureId[] {
  const slots = Object.values(next.agents).filter((agent) => before.agents[agent.slot] !== agent);
  const own = Object.values(next.features).filter((feature) => before.features[feature.id] !== feature);
  return [...slots.map(({ featureId }) => featureId), ...own.map(({ id }) => id)];
}

/** Features that wait for another file or holder than before, or no longer. */
function otherWaits(before: FileWaits, next: FileWaits): readonly FeatureId[] {
  return [...before.keys(), ...next.keys()].filter((id) => before.get(id) !== next.get(id));
}

function groupItem(group: GroupNode): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(group.label, group.open ? Expanded : Collapsed);
  const count = group.features.length;
  item.id = `group:${group.key}`;
  item.description = `${count}`;
  item.iconPath = themeIcon(group.look);
  item.contextValue = `group.${group.key}`;
  item.tooltip = `${group.label}: ${count} ${count === 1 ? 'feature' : 'features'}`;
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

function featureItem(feature: FeatureNode, element: TreeElement): vscode.TreeItem {
  const item = new vscode.TreeItem(feature.label, vscode.TreeItemCollapsibleState.None);
  item.id = `feature:${feature.id}`;
  item.description = feature.description;
  item.tooltip = feature.tooltip;
  item.iconPath = themeIcon(feature.look);
  item.contextValue = `feature.${feature.group}`;
  const aside = feature.description === '' ? '' : `, ${feature.description}`;
  item.accessibilityInformation = { label: `${feature.label}, ${feature.group}${aside}` };
  item.command = { command: commandIds.openFeature, title: 'Show in Backlog', arguments: [element] };
  return item;
}

function themeIcon({ icon, color }: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
