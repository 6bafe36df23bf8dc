// What experts look at, as part of an assignment: for each checklist our text, or the workspace's in its place.
import type { ChecklistName } from '../../core/routing/experts';
import type { Assignment } from '../../ports/coordinator';
import backend from './backend_prompt.md';
import coding from './coding_prompt.md';
import documentation from './documentation_prompt.md';
import frontend from './frontend_prompt.md';
import product from './product_prompt.md';
import testing from './testing_prompt.md';

const builtIn: Readonly<Record<ChecklistName, string>> = {
  coding,
  frontend,
  backend,
  testing,
  documentation,
  product,
};

/** One section, or none where there is nothing to look at. An empty text of the workspace's own takes ours away. */
export function checklistsText({ roles, checklists }: Assignment['experts']): readonly string[] {
  const parts = checklists.flatMap(({ name, own }) => {
    const text = (own ?? builtIn[name]).trim();
    return text === '' ? [] : [`## ${name}\n\n${text}`];
  });
  if (parts.length === 0) return [];
  const [first, ...others] = roles;
  const who = others.length === 0 ? '' : `, and see to it that ${others.join(' and ')} would accept it`;
  return [
    `Work as ${first}${who}. Before you call the feature built, go through what is looked at; what does not apply to it you pass over:\n\n${parts.join('\n\n')}`,
  ];
}
