import type { EntityCheck, Requirement, ValueTest } from '../../../model/entity-checks.ts'

/** A rule between fields as Kong's schema documents show it. */
export type KongEntityCheck = Readonly<Record<string, unknown>>

const NAMES = {
  'at-least-one': 'at_least_one_of',
  'exactly-one': 'only_one_of',
  'all-or-none': 'mutually_required',
  distinct: 'distinct',
} as const

/** Of a rule that only its code can tell, the fields that it looks at. Source: Kong Gateway 3.9, answers of /schemas. */
export function kongEntityCheck({ fields, form }: EntityCheck): KongEntityCheck {
  if (form === undefined) return { custom_entity_check: { field_sources: fields } }
  if (form.kind !== 'conditional') return { [NAMES[form.kind]]: form.fields }
  return {
    conditional: {
      if_field: form.when,
      if_match: ifMatch(form.is),
      then_field: form.field,
      then_match: thenMatch(form.must),
    },
  }
}

function ifMatch(test: ValueTest): KongEntityCheck {
  if ('noneOf' in test) return { not_one_of: test.noneOf }
  return test.oneOf.length === 1 ? { eq: test.oneOf[0] } : { one_of: test.oneOf }
}

function thenMatch(must: Requirement): KongEntityCheck {
  if ('isGiven' in must) return { required: true }
  return 'isNull' in must ? { eq: null } : { one_of: must.oneOf }
}
