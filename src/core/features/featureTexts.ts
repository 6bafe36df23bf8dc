// Which texts of a feature may be long, as one walk over them.
import type { LongText } from '../shared/longText';
import type { CheckProof, Evidence, Feature, FeatureSpec } from './feature';

export type ChangeText = (text: LongText) => LongText;

export function mapSpec(spec: FeatureSpec, change: ChangeText): FeatureSpec {
  const { description, verify } = spec;
  return {
    ...spec,
    description: change(description),
    ...(verify === undefined ? {} : { verify: change(verify) }),
  };
}

export function mapFeature(feature: Feature, change: ChangeText): Feature {
  const { spec, state, lastFailure } = feature;
  return {
    ...feature,
    spec: mapSpec(spec, change),
    state: mapState(state, change),
    ...(lastFailure === undefined ? {} : { lastFailure: change(lastFailure) }),
  };
}

function mapState(state: Feature['state'], change: ChangeText): Feature['state'] {
  switch (state.status) {
    case 'claimed':
      if (state.phase !== 'unconfirmed') return state;
      return {
        ...state,
        why: change(state.why),
        ...(state.check && { check: mapProof(state.check, change) }),
      };
    case 'passing':
      return { ...state, evidence: mapEvidence(state.evidence, change) };
    case 'failed':
      return { ...state, reason: change(state.reason) };
    case 'pending':
    case 'waiting':
    case 'skipped':
      return state;
    default:
      return state satisfies never;
  }
}

export function mapEvidence(evidence: Evidence, change: ChangeText): Evidence {
  if (evidence.kind === 'check') return mapProof(evidence, change);
  return { ...evidence, ...(evidence.check && { check: mapProof(evidence.check, change) }) };
}

export function mapProof(proof: CheckProof, change: ChangeText): CheckProof {
  return { ...proof, command: change(proof.command), outputTail: change(proof.outputTail) };
}
