// Shows the tree of features in the sidebar, and above it what the user may want to know or do next.
import * as vscode from 'vscode';
import type { Snapshot } from '../core/events/snapshot';
import { commandIds } from './contributions';
import { type FeatureNode, featureNode, type GroupNode, type Look, treeOf } from './featureTree';

/** What an item of the tree stands for; commands on it get this as their argument. */
export type TreeNode = GroupNode | FeatureNode;

/** Gives VS Code the tree's items when it asks for them, which it does for what is on screen only. */
export class FeatureTree implements vscode.TreeDataProvider<TreeNode> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;

  /** @param picture the snapshot to show now; asking for it tells that someone looks */
  constructor(private readonly picture: () => Snapshot) {}

  refresh(): void {
    this.changed.fire();
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const snapshot = this.picture();
    if (node === undefined) return [...treeOf(snapshot)];
    if (node.kind === 'feature') return [];
    return node.features.flatMap((id) => featureNode(snapshot, id) ?? []);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.kind === 'group' ? groupItem(node) : featureItem(node);
  }

  dispose(): void {
    this.changed.dispose();
  }
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

function featureItem(feature: FeatureNode): vscode.TreeItem {
  const item = new vscode.TreeItem(feature.label, vscode.TreeItemCollapsibleState.None);
  item.id = `feature:${feature.id}`;
  item.description = feature.description;
  item.tooltip = feature.tooltip;
  item.iconPath = themeIcon(feature.look);
  item.contextValue = `feature.${feature.group}`;
  const aside = feature.description === '' ? '' : `, ${feature.description}`;
  item.accessibilityInformation = { label: `${feature.label}, ${feature.group}${aside}` };
  item.command = { command: commandIds.openFeature, title: 'Show in Backlog', arguments: [feature] };
  return item;
}

function themeIcon({ icon, color }: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
