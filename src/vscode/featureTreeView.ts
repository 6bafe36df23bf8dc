// Shows the tree of features in the sidebar, drawing anew only what changed.
import * as vscode from 'vscode';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import type { FeatureId } from '../core/shared/ids';
import { type CommandId, commandIds } from './contributions';
import { FeatureGroups, type GroupKey, type GroupNode, type Look, shownAtOnce } from './featureGroups';
import { type FeatureNode, type FileWait, featureNode, fileWaitIn, type TreeStep } from './featureTree';

/**
 * What an item of the tree stands for; commands on it get this as their argument. VS Code knows an item again by the
 * object itself, so each is made once.
 */
export type TreeElement =
  | { readonly kind: 'group'; readonly key: GroupKey }
  | { readonly kind: 'feature'; readonly id: FeatureId }
  /** Stands after those of a large group that are shown, for the rest. */
  | { readonly kind: 'more'; readonly key: GroupKey }
  | { readonly kind: 'step'; readonly key: CommandId };

/** Gives VS Code the tree's items when it asks for them, which it does for what is on screen only. */
export class FeatureTree implements vscode.TreeDataProvider<TreeElement> {
  private readonly changed = new vscode.EventEmitter<TreeElement[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly groups = new FeatureGroups();
  private readonly elements = new Map<string, TreeElement>();
  private snapshot: Snapshot = emptySnapshot;
  private steps: readonly TreeStep[] = [];
  private waitOf: FileWait = fileWaitIn(emptySnapshot);
  /** What features that were drawn were said to wait for. */
  private readonly toldWaits = new Map<FeatureId, string | undefined>();

  /** Draws anew what changed: the whole tree only when a feature or step came or went, or a feature moved to another group. */
  show(next: Snapshot, steps: readonly TreeStep[] = []): void {
    const before = this.snapshot;
    const areSame = commandsOf(steps) === commandsOf(this.steps);
    this.steps = steps;
    this.snapshot = next;
    if (before.locks !== next.locks) this.waitOf = fileWaitIn(next);
    const change = this.groups.take(next.features);
    if (change.kind === 'moved' || !areSame) {
      this.toldWaits.clear();
      this.changed.fire(undefined);
      return;
    }
    const slots = Object.values(next.agents).filter((agent) => before.agents[agent.slot] !== agent);
    const ids = new Set([...change.ids, ...slots.map(({ featureId }) => featureId), ...this.otherWaits()]);
    const touched = [...ids].flatMap((id) => this.elements.get(`feature:${id}`) ?? []);
    if (touched.length > 0) this.changed.fire(touched);
  }

  /** @param argument the element of the line that asks for it */
  showMore(argument: unknown): void {
    const asked = [...this.elements.values()].find((element) => element === argument);
    if (asked?.kind !== 'more') return;
    this.groups.showMore(asked.key);
    this.changed.fire([this.element({ kind: 'group', key: asked.key })]);
  }

  getChildren(element?: TreeElement): TreeElement[] {
    if (element === undefined)
      return [
        ...this.steps.map(({ command }) => this.element({ kind: 'step', key: command })),
        ...this.groups.nodes().map(({ key }) => this.element({ kind: 'group', key })),
      ];
    const group = element.kind === 'group' ? this.groups.node(element.key) : undefined;
    if (!group) return [];
    const shown = group.features.map((id) => this.element({ kind: 'feature', id }));
    return group.count > shown.length ? [...shown, this.element({ kind: 'more', key: group.key })] : shown;
  }

  getTreeItem(element: TreeElement): vscode.TreeItem {
    if (element.kind === 'feature') {
      const { id } = element;
      const own = this.snapshot.features[id];
      if (own) this.toldWaits.set(id, this.waitOf(own));
      const feature = featureNode(this.snapshot, id, this.waitOf);
      return feature ? featureItem(feature, element) : new vscode.TreeItem(`feature ${id}`);
    }
    if (element.kind === 'step') {
      const step = this.steps.find(({ command }) => command === element.key);
      return step ? stepItem(step) : new vscode.TreeItem(element.key);
    }
    const group = this.groups.node(element.key);
    if (!group) return new vscode.TreeItem(element.key);
    return element.kind === 'group' ? groupItem(group) : moreItem(group, element);
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** Features that wait for another file or holder than was said of them, or no longer. */
  private otherWaits(): readonly FeatureId[] {
    return [...this.toldWaits].flatMap(([id, told]) => {
      const feature = this.snapshot.features[id];
      return feature && this.waitOf(feature) !== told ? [id] : [];
    });
  }

  private element(made: TreeElement): TreeElement {
    const id = made.kind === 'feature' ? `feature:${made.id}` : `${made.kind}:${made.key}`;
    const element = this.elements.get(id) ?? made;
    this.elements.set(id, element);
    return element;
  }
}

function commandsOf(steps: readonly TreeStep[]): string {
  return steps.map(({ command }) => command).join();
}

function stepItem({ command, label, icon }: TreeStep): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `step:${command}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.command = { command, title: label };
  return item;
}

function groupItem(group: GroupNode): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(group.label, group.open ? Expanded : Collapsed);
  const { count } = group;
  item.id = `group:${group.key}`;
  item.description = `${count}`;
  item.iconPath = themeIcon(group.look);
  item.contextValue = `group.${group.key}`;
  item.tooltip = `${group.label}: ${count} ${count === 1 ? 'feature' : 'features'}`;
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}

/** Pressed or clicked, it shows more. */
function moreItem(group: GroupNode, element: TreeElement): vscode.TreeItem {
  const left = group.count - group.features.length;
  const item = new vscode.TreeItem(`Show ${Math.min(left, shownAtOnce)} More…`);
  item.id = `more:${group.key}`;
  item.description = `${left.toLocaleString('en')} not shown`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.accessibilityInformation = { label: `${item.label} of ${group.label}, ${item.description}` };
  item.command = { command: commandIds.showMore, title: 'Show More', arguments: [element] };
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
